import type { Invariant, Subject } from '../invariant.ts';
import type { Shape } from '../network/family.ts';
import type { Network } from '../network/find.ts';

/** Biases and small tensors that formulas leave out are below this. */
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

/** The sum over all layers is what a formula makes of the sizes. */
export const parameters: Invariant = {
  id: 'parameters',
  title: 'Embedding and layers have the number of parameters that the sizes make, to one in a hundred.',
  needs: 'one of the kinds of networks with a formula (Llama and its like, BERT, GPT-2), with all sizes, not packed',
  rules: ['model-parameters'],
  check: ({ network, record }) => {
    const parts = Object.hasOwn(PARTS, record.modelType ?? '') ? PARTS[record.modelType ?? ''] : undefined;
    if (network === undefined || parts === undefined || record.form !== 'huggingface') return [];
    const expected = expectedOf(network, parts, record);
    const found = foundIn(network);
    if (expected === undefined || found === undefined || Math.abs(found - expected) <= expected * TOLERANCE) return [];
    const [shownFound, shownExpected] = [found, expected].map((count) => count.toLocaleString('en'));
    return [
      {
        rule: 'model-parameters',
        level: 'error',
        message: `embedding and layers have ${shownFound} parameters, and the sizes in ${record.source} make ${shownExpected}`,
      },
    ];
  },
};

function expectedOf(
  { family, dimensions, prefix, tensors }: Network,
  parts: readonly string[],
  { layers }: Subject['record'],
): number | undefined {
  const known = { ...family.layer.attention, ...family.layer.feedForward };
  const embeddings = Object.entries(family.outside.embedding ?? {}).filter(([name]) => tensors.has(prefix + name));
  const sizes = [
    ...parts.map((part) => sizeOf(known[part], dimensions) * (layers ?? Number.NaN)),
    ...embeddings.map(([, shape]) => sizeOf(shape, dimensions)),
  ];
  const sum = sizes.reduce((total, size) => total + size, 0);
  return Number.isNaN(sum) || sum === 0 ? undefined : sum;
}

/** NaN where a length is not known. */
function sizeOf(shape: Shape | undefined, dimensions: Network['dimensions']): number {
  return shape?.reduce((product, length) => product * (dimensions[length] ?? Number.NaN), 1) ?? Number.NaN;
}

/** Of weights in layers and of embeddings; of what is packed nothing can be told. */
function foundIn({ family, prefix, stacks, tensors }: Network): number | undefined {
  let sum = 0;
  const layers = stacks.flatMap((stack) => [...stack.layers.values()]);
  for (const [part, { shape }] of layers.flatMap((layer) => [...layer])) {
    if (!part.endsWith('.weight')) continue;
    if (shape === undefined) return undefined;
    sum += elements(shape);
  }
  for (const name of Object.keys(family.outside.embedding ?? {})) {
    const tensor = tensors.get(prefix + name);
    if (tensor !== undefined && tensor.shape === undefined) return undefined;
    sum += elements(tensor?.shape ?? [0]);
  }
  return sum;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
