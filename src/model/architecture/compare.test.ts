import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/_support/properties.ts';
import { compareLayouts } from './compare.ts';
import type { LayoutTensor } from './layout.ts';

const tensor = (name: string, dtype: string, ...shape: number[]): LayoutTensor => ({ name, dtype, shape });

const model = [tensor('a', 'F32', 2, 3), tensor('b', 'F32', 4), tensor('c', 'F32')];
const cast = model.map((each) => ({ ...each, dtype: 'BF16' }));

test.each([
  ['the same in another order', model.toReversed(), 'exact'],
  ['another element type', cast, 'shape-compatible'],
  ['one tensor less', model.slice(1), 'subset'],
  ['one tensor less in another type', cast.slice(1), 'subset'],
  ['one tensor more', [...model, tensor('d', 'F32')], 'superset'],
  ['one less and one more', [...model.slice(1), tensor('d', 'F32')], 'mismatch'],
  ['another shape', [tensor('a', 'F32', 3, 2), ...model.slice(1)], 'mismatch'],
  ['another number of dimensions', [tensor('a', 'F32', 2, 3, 1), ...model.slice(1)], 'mismatch'],
  ['nothing in common', [tensor('z', 'F32')], 'mismatch'],
  ['no tensors', [], 'unknown'],
  ['what could not be read', undefined, 'unknown'],
] as const)('compareLayouts() says of %s', (_, mine, verdict) => {
  expect(compareLayouts(mine, model).verdict).toBe(verdict);
});

test('compareLayouts() lists what is missing, what is extra and what differs, other shapes first', () => {
  const mine = [tensor('e', 'F32'), tensor('a', 'BF16', 2, 3), tensor('b', 'F32', 5)];
  expect(compareLayouts(mine, model)).toEqual({
    verdict: 'mismatch',
    missing: ['c'],
    extra: ['e'],
    different: [
      { name: 'b', mine: { dtype: 'F32', shape: [5] }, reference: { dtype: 'F32', shape: [4] } },
      { name: 'a', mine: { dtype: 'BF16', shape: [2, 3] }, reference: { dtype: 'F32', shape: [2, 3] } },
    ],
    counts: { same: 0, missing: 1, extra: 1, otherShape: 1, otherType: 1 },
  });
});

test('compareLayouts() counts what it does not list', () => {
  const many = Array.from({ length: 1000 }, (_, index) => tensor(`t${index}`, 'F32'));
  const { missing, counts } = compareLayouts([...model, tensor('t0', 'F32')], [...model, ...many]);
  expect(missing.length).toBe(100);
  expect(counts).toEqual({ same: 4, missing: 999, extra: 0, otherShape: 0, otherType: 0 });
});

test('compareLayouts() refuses two tensors of one name', () => {
  expect(() => compareLayouts([...model, tensor('a', 'F32')], model)).toThrow('the name "a"');
  expect(() => compareLayouts(model, [...model, tensor('a', 'F32')])).toThrow('the name "a"');
});

test('compareLayouts() turns missing and extra round when the two change places', () => {
  const anyModel = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...'abcdef'),
      dtype: fc.constantFrom('F32', 'F16'),
      shape: fc.array(fc.nat(1), { maxLength: 2 }),
    }),
    { selector: ({ name }) => name },
  );
  const turned = { subset: 'superset', superset: 'subset' } as const;
  fc.assert(
    fc.property(anyModel, anyModel, (one, other) => {
      const there = compareLayouts(one, other);
      const back = compareLayouts(other, one);
      const { verdict } = there;
      expect(back.verdict).toBe(verdict === 'subset' || verdict === 'superset' ? turned[verdict] : verdict);
      expect([back.missing, back.extra]).toEqual([there.extra, there.missing]);
      if (one.length > 0) expect(compareLayouts(one, one).verdict).toBe('exact');
    }),
    runs(1000),
  );
});
