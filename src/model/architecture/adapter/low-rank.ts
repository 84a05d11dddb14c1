/** The pairs of small matrices that an adapter adds to a base: names of PEFT (`save_and_load.py`) and of GGUF (`llama-adapter.cpp`). */
import type { LayoutTensor } from '../layout.ts';

/** What is added to one module: `up` × `down`. */
export interface LowRank {
  /** Of the base, without `.weight`. */
  readonly module: string;
  readonly isEmbedding: boolean;
  /** [rank, inputs]; of an embedding [rank, tokens]. */
  down?: LayoutTensor;
  /** [outputs, rank]. */
  up?: LayoutTensor;
  /** One number for each output. */
  magnitude?: LayoutTensor;
}

export interface AdapterTensors {
  /** By module. */
  readonly pairs: ReadonlyMap<string, LowRank>;
  /** Tensors that take the place of whole ones of the base, by their name there. */
  readonly whole: ReadonlyMap<string, LayoutTensor>;
}

/** The name of an adapter may stand in names. */
const PEFT =
  /^base_model\.model\.(?<module>.+?)\.lora_(?<part>A|B|embedding_A|embedding_B|magnitude_vector)(?:\.(?!(?:weight|bias)$)[^.]+)?(?:\.weight)?$/;
const WHOLE = /^base_model\.model\.(?<name>.+)$/;
/** Experts in one tensor are a parameter of their module: pairs for them have a form of their own, and are not judged. */
const EXPERTS = /(?:^|\.)experts(?:\.base_layer)*$/;
const GGUF = /^(?<module>.+)\.weight\.lora_(?<part>a|b)$/;

export function readPeftTensors(tensors: readonly LayoutTensor[]): AdapterTensors {
  return gather(tensors, PEFT, WHOLE);
}

export function readGgufTensors(tensors: readonly LayoutTensor[]): AdapterTensors {
  return gather(tensors, GGUF, /^(?<name>.+\.weight)$/);
}

function gather(tensors: readonly LayoutTensor[], pair: RegExp, single: RegExp): AdapterTensors {
  const pairs = new Map<string, LowRank>();
  const whole = new Map<string, LayoutTensor>();
  for (const tensor of tensors) {
    const { module, part = '' } = pair.exec(tensor.name)?.groups ?? {};
    if (module !== undefined && EXPERTS.test(module)) continue;
    if (module === undefined) {
      const { name } = single.exec(tensor.name)?.groups ?? {};
      if (name !== undefined)
        whole.set(name.replace(/\.(?:modules_to_save(?:\.default)?|base_layer)(?=\.)/, ''), tensor);
      continue;
    }
    const entry = pairs.get(module) ?? { module, isEmbedding: part.startsWith('embedding') || module === 'token_embd' };
    pairs.set(module, entry);
    if (/A$|^a$/.test(part)) entry.down = tensor;
    else if (/B$|^b$/.test(part)) entry.up = tensor;
    else entry.magnitude = tensor;
  }
  return { pairs, whole };
}
