/** Adapters that PEFT saved (adapters.jsonl, written by _write-adapters.py), and the same with something wrong. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkAdapter } from '../../src/model/architecture/adapter/check.ts';
import type { LayoutTensor } from '../../src/model/architecture/layout.ts';
import { readAdapterConfig } from '../../src/model/huggingface/adapter-config.ts';

type Row = readonly [name: string, dtype: string, shape: readonly number[]];

interface Saved {
  readonly title: string;
  readonly base: readonly Row[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Row[];
}

const saved = fs
  .readFileSync('test/architectures/adapters.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line): Saved => JSON.parse(line));
const named = (title: string): Saved => {
  const found = saved.find((each) => each.title === title);
  if (found === undefined) throw new Error(`there is no adapter ${title}`);
  return found;
};
const tensorsOf = (rows: readonly Row[]): readonly LayoutTensor[] =>
  rows.map(([name, dtype, shape]) => ({ name, dtype, shape }));
const configOf = (config: object) =>
  readAdapterConfig({ name: 'adapter_config.json', bytes: Buffer.from(JSON.stringify(config)) });

interface Changes {
  readonly base?: readonly LayoutTensor[];
  readonly config?: object;
  readonly tensors?: readonly LayoutTensor[];
}

function check({ base, config, tensors }: Saved, changes: Changes = {}): readonly string[] {
  const findings = checkAdapter(
    { tensors: changes.tensors ?? tensorsOf(tensors), config: configOf(changes.config ?? config) },
    { name: 'the base', tensors: changes.base ?? tensorsOf(base) },
  );
  return findings.map(({ rule, level, message }) => `${level} ${rule}: ${message}`);
}

test.each(saved.map((each) => [each.title, each] as const))('an adapter with %s is for its base', (_, adapter) => {
  expect(check(adapter)).toEqual([]);
});

test.each(saved.map((each) => [each.title, each] as const))(
  'an adapter with %s is for its base without or with its outer name',
  (_, adapter) => {
    const base = tensorsOf(adapter.base);
    const bare = base.map((tensor) => ({ ...tensor, name: tensor.name.replace(/^(?:model|transformer)\./, '') }));
    expect(check(adapter, { base: bare })).toEqual([]);
    const wrapped = base.map((tensor) => ({ ...tensor, name: `model.${tensor.name}` }));
    if (adapter.title === 'an inner network') expect(check(adapter, { base: wrapped })).toEqual([]);
  },
);

const plain = named('two projections');
const first = 'base_model.model.model.layers.0.self_attn.q_proj';

describe('of an adapter is found', () => {
  test('a base of another width', () => {
    const base = tensorsOf(plain.base).map((tensor) => ({
      ...tensor,
      shape: tensor.shape.map((length) => (length === 64 ? 80 : length)),
    }));
    expect(check(plain, { base })).toContain(
      `error adapter-base: ${first}.lora_A.weight is [4, 64], and model.layers.0.self_attn.q_proj.weight of the base is [80, 80]`,
    );
  });

  test('a base with other key-value heads', () => {
    const base = tensorsOf(plain.base).map((tensor) =>
      tensor.name.includes('v_proj') ? { ...tensor, shape: [32, 64] } : tensor,
    );
    expect(check(plain, { base })).toEqual(
      [0, 1].map(
        (layer) =>
          `error adapter-base: base_model.model.model.layers.${layer}.self_attn.v_proj.lora_B.weight is [16, 4], and model.layers.${layer}.self_attn.v_proj.weight of the base is [32, 64]`,
      ),
    );
  });

  test('a base with a layer less', () => {
    const base = tensorsOf(plain.base).filter(({ name }) => !name.includes('layers.1.'));
    expect(check(plain, { base })[0]).toContain('is for model.layers.1.self_attn.q_proj, which the base does not have');
  });

  test('another base altogether', () => {
    const messages = check(plain, { base: tensorsOf(named('GPT-2').base) });
    expect(messages.filter((message) => message.includes('which the base does not have'))).toHaveLength(4);
    expect(messages).toContain(
      'warning adapter-target: target_modules names "q_proj", and the base has no module of that name',
    );
  });

  test('ranks that differ from each other, and from what is stated', () => {
    const tensors = tensorsOf(plain.tensors).map((tensor) =>
      tensor.name === `${first}.lora_B.weight` ? { ...tensor, shape: [64, 8] } : tensor,
    );
    expect(check(plain, { tensors })).toEqual([
      `error adapter-rank: ${first}.lora_A.weight is [4, 64] and ${first}.lora_B.weight [64, 8]: their ranks differ`,
    ]);
    expect(check(plain, { config: { ...plain.config, r: 16 } })).toContain(
      `error adapter-rank: ${first}.lora_A.weight has rank 4, and adapter_config.json says 16`,
    );
    const ranks = named('another rank');
    expect(check(ranks, { config: { ...ranks.config, rank_pattern: {} } })).toHaveLength(1);
  });

  test('half of a pair', () => {
    const tensors = tensorsOf(plain.tensors).filter(({ name }) => name !== `${first}.lora_B.weight`);
    expect(check(plain, { tensors })[0]).toContain('the other matrix of model.layers.0.self_attn.q_proj is missing');
  });

  test('a magnitude, an embedding and a whole module of another length', () => {
    const change = (title: string, part: string, shape: readonly number[]) =>
      check(named(title), {
        tensors: tensorsOf(named(title).tensors).map((tensor) =>
          tensor.name.includes(part) ? { ...tensor, shape } : tensor,
        ),
      });
    expect(change('magnitudes', '0.self_attn.q_proj.lora_magnitude', [65])).toHaveLength(1);
    expect(change('an embedding', 'lora_embedding_A', [4, 129])).toHaveLength(1);
    expect(change('an embedding', 'lora_embedding_B', [65, 4])).toHaveLength(1);
    expect(change('whole modules', 'lm_head', [128, 65])).toHaveLength(1);
    // More tokens are what one trains it for.
    expect(change('whole modules', 'lm_head', [130, 64])).toEqual([]);
  });

  test('at most twenty of a kind, and how many more', () => {
    const many = named('all linear modules');
    const messages = check(many, {
      base: tensorsOf(many.base).map((tensor) => ({ ...tensor, name: `x.y.${tensor.name}` })),
    });
    expect(messages).toHaveLength(14);
    const doubled = [
      ...many.tensors,
      ...many.tensors.map(([name, dtype, shape]): Row => [name.replace('layers.', 'layers.9'), dtype, shape]),
    ];
    expect(check(many, { tensors: tensorsOf(doubled), base: [{ name: 'z', dtype: 'F32', shape: [1] }] })).toContain(
      'error adapter-base: 8 more tensors do not fit',
    );
  });
});

test('checkAdapter() judges ranks alone where the base could not be read', () => {
  const config = configOf({ ...plain.config, r: 5 });
  expect(checkAdapter({ tensors: tensorsOf(plain.tensors), config })).toHaveLength(4);
  expect(checkAdapter({ tensors: tensorsOf(plain.tensors), config }, { name: 'opaque' })).toHaveLength(4);
});

test('checkAdapter() knows bases in a few bits by their modules', () => {
  const base = tensorsOf(plain.base).map(
    (tensor): LayoutTensor =>
      tensor.name.endsWith('proj.weight')
        ? { name: tensor.name.replace('.weight', '.qweight'), dtype: 'I32', shape: [1, 1] }
        : tensor,
  );
  expect(check(plain, { base })).toEqual([]);
  expect(check(plain, { base: base.filter(({ name }) => !name.includes('1.self_attn.q_proj')) })).toHaveLength(1);
});

describe('an adapter in GGUF', () => {
  const metadata = new Map([
    ['general.type', 'adapter'],
    ['adapter.type', 'lora'],
    ['general.architecture', 'llama'],
  ]);
  const pair = (name: string, inputs: number, outputs: number, rank = 4): LayoutTensor[] => [
    { name: `${name}.lora_a`, dtype: 'F32', shape: [rank, inputs] },
    { name: `${name}.lora_b`, dtype: 'F32', shape: [outputs, rank] },
  ];
  const base = {
    name: 'base.gguf',
    record: { form: 'gguf', modelType: 'llama' },
    tensors: [
      { name: 'blk.0.attn_q.weight', dtype: 'Q4_K', shape: [64, 256] },
      { name: 'token_embd.weight', dtype: 'Q4_K', shape: [100, 256] },
    ],
  } as const;
  const embedding: LayoutTensor[] = [
    { name: 'token_embd.weight.lora_a', dtype: 'F32', shape: [100, 4] },
    { name: 'token_embd.weight.lora_b', dtype: 'F32', shape: [256, 4] },
  ];

  test('is for its base', () => {
    expect(checkAdapter({ tensors: [...pair('blk.0.attn_q.weight', 256, 64), ...embedding], metadata }, base)).toEqual(
      [],
    );
  });

  test('is not for another one', () => {
    const messages = (tensors: readonly LayoutTensor[], other: object = {}) =>
      checkAdapter({ tensors, metadata }, { ...base, ...other }).map(({ message }) => message);
    expect(messages(pair('blk.0.attn_q.weight', 255, 64))[0]).toContain('blk.0.attn_q.weight.lora_a is [4, 255]');
    expect(messages(pair('blk.1.attn_q.weight', 256, 64))[0]).toContain('which base.gguf does not have');
    expect(messages([], { record: { form: 'gguf', modelType: 'qwen2' } })).toEqual([
      'the adapter is for llama, and base.gguf is qwen2',
    ]);
  });
});
