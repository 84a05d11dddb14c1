import type { Invariant, Subject } from '../invariant.ts';
import type { Shape } from '../network/family.ts';
import type { Network } from '../network/find.ts';
import { isInAnotherForm } from '../network/logical-shape.ts';

/** A tensor that is missing everywhere is more than this; sizes that programs round are less. */
const TOLERANCE = 0.01;

/** Kinds of networks of which the tensors in a layer are known one by one. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['llama', 'mistral', 'qwen2', 'qwen3', 'gemma', 'gemma2', 'gemma3_text'].map((kind) => [
      kind,
      [
        'self_attn.q_proj.weight',
        'self_attn.k_proj.weight',
        'self_attn.v_proj.weight',
        'self_attn.o_proj.weight',
        'mlp.gate_proj.weight',
        'mlp.up_proj.weight',
        'mlp.down_proj.weight',
      ],
    ]),
  ),
  bert: [
    'attention.self.query.weight',
    'attention.self.key.weight',
    'attention.self.value.weight',
    'attention.output.dense.weight',
    'intermediate.dense.weight',
    'output.dense.weight',
  ],
  gpt2: ['attn.c_attn.weight', 'attn.c_proj.weight', 'mlp.c_fc.weight', 'mlp.c_proj.weight'],
};

/** The sum over all layers is what a formula makes of the sizes: also where a tensor is missing in every one. */
export const parameters: Invariant = {
  id: 'parameters',
  title: 'The matrices of all layers have the number of parameters that the sizes make, to one in a hundred.',
  needs: 'one of the kinds of networks with a formula (Llama and its like, BERT, GPT-2), with all sizes, not packed',
  rules: ['model-parameters'],
  check: ({ network, record }) => {
    const parts = Object.hasOwn(PARTS, record.modelType ?? '') ? PARTS[record.modelType ?? ''] : undefined;
    if (network === undefined || parts === undefined || record.form !== 'huggingface') return [];
    const expected = expectedOf(network, parts, record);
    const found = foundIn(network, parts, record);
    if (expected === undefined || found === undefined || Math.abs(found - expected) <= expected * TOLERANCE) return [];
    const [shownFound, shownExpected] = [found, expected].map((count) => count.toLocaleString('en'));
    return [
      {
        rule: 'model-parameters',
        level: 'error',
        message: `the matrices of all layers have ${shownFound} parameters, and the sizes in ${record.source} make ${shownExpected}`,
      },
    ];
  },
};

function expectedOf(
  { family, dimensions }: Network,
  parts: readonly string[],
  { layers }: Subject['record'],
): number | undefined {
  const known = { ...family.layer.attention, ...family.layer.feedForward };
  const sum = parts.reduce((total, part) => total + sizeOf(known[part], dimensions) * (layers ?? Number.NaN), 0);
  return Number.isNaN(sum) || sum === 0 ? undefined : sum;
}

/** NaN where a length is not known. */
function sizeOf(shape: Shape | undefined, dimensions: Network['dimensions']): number {
  return shape?.reduce((product, length) => product * (dimensions[length] ?? Number.NaN), 1) ?? Number.NaN;
}

const FUSED = /(?:qkv_proj|gate_up_proj)/;

/** Of names that another program gave, and of what is packed, nothing can be told. */
function foundIn({ stacks }: Network, parts: readonly string[], { layers = 0 }: Subject['record']): number | undefined {
  const all = stacks.flatMap((stack) =>
    [...stack.layers].filter(([index]) => index < layers).map(([, layer]) => layer),
  );
  const names = new Set(all.flatMap((layer) => [...layer.keys()]));
  const isForeign =
    [...names].some((name) => FUSED.test(name)) ||
    all.some((layer) => parts.some((part) => isInAnotherForm(part, layer)));
  if (isForeign || parts.filter((part) => names.has(part)).length * 2 < parts.length) return undefined;
  let sum = 0;
  for (const layer of all) {
    for (const tensor of parts.map((part) => layer.get(part))) {
      if (tensor === undefined) continue;
      if (tensor.shape === undefined) return undefined;
      sum += tensor.shape.reduce((product, length) => product * length, 1);
    }
  }
  return sum;
}
