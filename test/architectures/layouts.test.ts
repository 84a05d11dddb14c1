import { describe, expect, test } from 'vitest';
import type { LayoutTensor } from '../../src/model/architecture/layout.ts';
import { families } from '../../src/model/architecture/network/families.ts';
import { findNetwork } from '../../src/model/architecture/network/find.ts';
import { type Config, describeLayout, publishedLayouts } from './_layouts.ts';

const layouts = publishedLayouts();
const known = families.filter(({ form }) => form === 'huggingface').flatMap(({ modelTypes }) => modelTypes);
const judged = layouts.filter(({ kind }) => known.includes(kind));

test('every kind of network that is judged is held to what transformers makes of it', () => {
  const kinds = new Set(layouts.map(({ kind }) => kind));
  expect(known.filter((kind) => !kinds.has(kind))).toEqual(['ministral', 'gpt_neox_japanese']);
  expect(known.length).toBe(new Set(known).size);
});

test.each(layouts.map((layout) => [layout.title, layout] as const))(
  '%s is as it should be',
  (_, { tensors, config }) => {
    expect(describeLayout(tensors, config).findings).toEqual([]);
  },
);

test.each(judged.map((layout) => [layout.title, layout] as const))('%s is recognised', (_, { tensors, config }) => {
  const { record } = describeLayout(tensors, config);
  const network = record && findNetwork(tensors, record);
  expect(network?.stacks[0]?.layers.size).toBe(record?.layers);
});

const messagesOf = (tensors: readonly LayoutTensor[], config: Config) =>
  describeLayout(tensors, config)
    .findings.filter(({ level }) => level === 'error')
    .map(({ message }) => message)
    .join('\n');

describe.each(judged.map((layout) => [layout.title, layout] as const))(
  'of %s is found',
  (_, { kind, tensors, config }) => {
    const { record } = describeLayout(tensors, config);
    const network = record && findNetwork(tensors, record);
    const stack = network?.stacks[0];
    const without = (name: string) => tensors.filter((tensor) => tensor.name !== name);
    const changed = (name: string, change: (shape: number[]) => void) =>
      tensors.map((tensor) => {
        if (tensor.name !== name) return tensor;
        const shape = [...tensor.shape];
        change(shape);
        return { ...tensor, shape };
      });

    test('a layer that is missing, and one too many', () => {
      const path = stack?.path ?? '';
      expect(
        messagesOf(
          tensors.filter(({ name }) => !name.startsWith(`${path}1.`)),
          config,
        ),
      ).toContain(`${path}1 has no tensors`);
      const more = tensors.filter(({ name }) => name.startsWith(`${path}0.`));
      const extra = more.map((tensor) => ({ ...tensor, name: tensor.name.replace(`${path}0.`, `${path}99.`) }));
      expect(messagesOf([...tensors, ...extra], config)).toContain(`${path}99 is there`);
    });

    test('each tensor of a layer that is missing', () => {
      if (network?.family.uniform.includes(kind) !== true || (record?.layers ?? 0) < 3) return;
      const path = stack?.path ?? '';
      const names = tensors
        .map(({ name }) => name)
        .filter((name) => name.startsWith(`${path}1.`) && name.endsWith('.weight'));
      expect(names.length).toBeGreaterThan(3);
      for (const name of names) expect(messagesOf(without(name), config)).toContain(name);
    });

    test('each shape that is another by one, in the tables of its family', () => {
      const parts = Object.assign({}, ...Object.values(network?.family.layer ?? {}));
      const outside = Object.assign({}, ...Object.values(network?.family.outside ?? {}));
      const path = `${stack?.path}1.`;
      let count = 0;
      for (const { name, shape } of tensors) {
        const inside = name.startsWith(path)
          ? parts[name.slice(path.length).replace(/\.experts\.\d+\./, '.experts.*.')]
          : undefined;
        const expected =
          inside ?? (name.startsWith(network?.prefix ?? '') ? outside[name.slice(network?.prefix.length)] : undefined);
        if (!Array.isArray(expected)) continue;
        for (const [at, length] of expected.entries()) {
          const dimensions: Readonly<Record<string, number>> = network?.dimensions ?? {};
          if (dimensions[length] === undefined) continue;
          expect(shape[at], name).toBe(dimensions[length]);
          expect(
            messagesOf(
              changed(name, (lengths) => {
                lengths[at] = (lengths[at] ?? 0) - 1;
              }),
              config,
            ),
            name,
          ).toContain(name);
          count += 1;
        }
      }
      expect(count).toBeGreaterThan(5);
    });

    test('a vocabulary, hidden size and layers that are not those of the tensors', () => {
      const text = JSON.stringify(config);
      for (const [key, name] of [
        ['hidden_size|n_embd|d_model|dim', 'hiddenSize'],
        ['num_hidden_layers|n_layer|num_layers|n_layers', 'layers'],
      ] as const) {
        const value = record?.[name] ?? 0;
        const other = text.replace(new RegExp(`"(${key})":${value}\\b`), (_, found) => `"${found}":${value * 2}`);
        expect(other).not.toBe(text);
        expect(messagesOf(tensors, JSON.parse(other)), key).not.toBe('');
      }
    });
  },
);
