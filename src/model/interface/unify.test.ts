import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/_support/properties.ts';
import { type ActualTensors, type DeclaredInterface, formatPlace, unify } from './unify.ts';

const declared: DeclaredInterface = {
  inputs: [
    { name: 'ids', datatype: 'INT64', shape: ['batch', 'length'] },
    { name: 'mask', datatype: 'INT64', shape: ['batch', 'length'], required: false },
  ],
  outputs: [
    { name: 'logits', datatype: 'FP32', shape: ['batch', 3] },
    { name: 'attention', datatype: 'FP32', shape: ['batch', -1] },
  ],
};
const ids = (...shape: number[]) => ({ name: 'ids', datatype: 'INT64', shape });

test('unify() gives each name its size and the place where it met it first', () => {
  const result = unify(declared, { inputs: [ids(2, 7)] });
  expect(result).toMatchObject({ verdict: 'pass' });
  expect(result.verdict === 'pass' && [...result.bindings]).toEqual([
    ['batch', { size: 2, place: { side: 'inputs', tensor: 'ids', dimension: 0 } }],
    ['length', { size: 7, place: { side: 'inputs', tensor: 'ids', dimension: 1 } }],
  ]);
});

test('unify() names both places of a name that met two sizes', () => {
  const result = unify(declared, {
    inputs: [ids(2, 7)],
    outputs: [
      { name: 'logits', datatype: 'FP32', shape: [3, 3] },
      { name: 'attention', datatype: 'FP32', shape: [2, 99] },
    ],
  });
  expect(result).toEqual({
    verdict: 'fail',
    mismatches: [
      {
        place: { side: 'outputs', tensor: 'logits', dimension: 0 },
        other: { side: 'inputs', tensor: 'ids', dimension: 0 },
        message: 'dimension 0 of output "logits" is 3, but batch is 2 in dimension 0 of input "ids"',
      },
    ],
  });
});

test.each<[string, ActualTensors, string[]]>([
  ['a missing input', { inputs: [] }, ['input "ids" is missing']],
  ['an input that is not declared', { inputs: [ids(1, 1), { ...ids(1), name: 'x' }] }, ['input "x" is not declared']],
  ['an input that comes twice', { inputs: [ids(1, 1), ids(1, 1)] }, ['input "ids" stands there twice']],
  ['another datatype', { inputs: [{ ...ids(1, 1), datatype: 'INT32' }] }, ['input "ids" is INT32, declared is INT64']],
  ['another rank', { inputs: [ids(1)] }, ['input "ids" has shape [1], declared is [batch, length]']],
  ['a size that is none', { inputs: [ids(1, -1)] }, ['dimension 1 of input "ids" is -1, which is no size']],
  [
    'an output that is not declared but asked for',
    { inputs: [ids(1, 1)], requested: ['nothing'] },
    ['output "nothing" is not declared'],
  ],
  [
    'an output that is missing, or of another fixed size',
    { inputs: [ids(1, 1)], outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 4] }] },
    ['dimension 1 of output "logits" is 4, declared is 3', 'output "attention" is missing'],
  ],
])('unify() refuses %s', (_, actual, messages) => {
  const result = unify(declared, actual);
  expect(result.verdict === 'fail' ? result.mismatches.map(({ message }) => message) : []).toEqual(messages);
});

test('unify() asks for the outputs that were requested, and no others', () => {
  const outputs = [{ name: 'logits', datatype: 'FP32', shape: [1, 3] }];
  expect(unify(declared, { inputs: [ids(1, 1)], outputs, requested: ['logits'] }).verdict).toBe('pass');
  expect(unify(declared, { inputs: [ids(0, 1)] }).verdict).toBe('pass');
});

const names = ['a', 'b', 'c'] as const;
const anyDimension = fc.oneof(fc.constantFrom(...names), fc.constant(-1), fc.integer({ min: 0, max: 5 }));
const anySide = (side: string) =>
  fc
    .array(fc.array(anyDimension, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
    .map((shapes) => shapes.map((shape, at) => ({ name: `${side}${at}`, datatype: 'FP32' as const, shape })));
const anyInterface = fc.record({ inputs: anySide('in'), outputs: anySide('out') });
const anySizes = fc.record({ a: fc.nat(6), b: fc.nat(6), c: fc.nat(6) });

/** Tensors in which each name has its size, and each -1 some size of its own. */
function filled({ inputs, outputs }: DeclaredInterface, sizes: Readonly<Record<string, number>>) {
  let next = 0;
  const fill = (tensors: DeclaredInterface['inputs']) =>
    tensors.map(({ name, datatype, shape }) => ({
      name,
      datatype,
      shape: shape.map((size) => (typeof size === 'string' ? (sizes[size] ?? 0) : size === -1 ? next++ % 5 : size)),
    }));
  return { inputs: fill(inputs), outputs: fill(outputs) };
}

test('unify() accepts what any assignment of sizes gives, and finds that assignment', () => {
  fc.assert(
    fc.property(anyInterface, anySizes, (declared, sizes) => {
      const result = unify(declared, filled(declared, sizes));
      const used = new Set<number | string>([...declared.inputs, ...declared.outputs].flatMap(({ shape }) => shape));
      const expected = Object.entries(sizes).filter(([name]) => used.has(name));
      expect(result.verdict).toBe('pass');
      if (result.verdict === 'pass')
        expect(new Map([...result.bindings].map(([name, { size }]) => [name, size]))).toEqual(new Map(expected));
    }),
    runs(500),
  );
});

test('unify() refuses one changed size of a name that stands twice, and says where both stand', () => {
  let refused = 0;
  fc.assert(
    fc.property(anyInterface, anySizes, fc.nat(), (declared, sizes, choice) => {
      const actual = filled(declared, sizes);
      const places = (['inputs', 'outputs'] as const).flatMap((side) =>
        declared[side].flatMap(({ name, shape }, index) =>
          shape.flatMap((size, dimension) =>
            typeof size === 'string' ? [{ side, name, index, dimension, size }] : [],
          ),
        ),
      );
      const several = places.filter(({ size }) => places.filter((place) => place.size === size).length > 1);
      const chosen = several[choice % Math.max(1, several.length)];
      if (chosen === undefined) return;
      const { side, name, index, dimension, size } = chosen;
      const shape = actual[side][index]?.shape ?? [];
      shape[dimension] = (shape[dimension] ?? 0) + 1;
      const result = unify(declared, actual);
      expect(result.verdict).toBe('fail');
      if (result.verdict === 'pass') return;
      refused += 1;
      for (const { place, other, message } of result.mismatches) {
        const said = [place, other].map((one) => one && formatPlace(one));
        expect(said.every((text) => text !== undefined && message.includes(text))).toBe(true);
        expect(message).toContain(size);
      }
      expect(
        result.mismatches.some(({ place, other }) =>
          [place, other].some((one) => one?.side === side && one.tensor === name && one.dimension === dimension),
        ),
      ).toBe(true);
    }),
    runs(500),
  );
  expect(refused).toBeGreaterThan(100);
});

test('unify() does not care in which order tensors come', () => {
  fc.assert(
    fc.property(anyInterface, anySizes, fc.boolean(), (declared, sizes, isWrong) => {
      const actual = filled(declared, sizes);
      const [first] = actual.inputs;
      if (isWrong && first !== undefined) first.shape.push(1);
      const reversed = { inputs: [...actual.inputs].reverse(), outputs: [...actual.outputs].reverse() };
      expect(unify(declared, reversed).verdict).toBe(unify(declared, actual).verdict);
    }),
    runs(300),
  );
});
