import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/_support/properties.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf } from '../../oci/digest.ts';
import { digestLayout, type LayoutTensor } from './layout.ts';

const tensor = (name: string, dtype: string, ...shape: number[]): LayoutTensor => ({ name, dtype, shape });

// echo -n TEXT | sha256sum, of the texts in the comments.
test('digestLayout() hashes canonical JSON, sorted by name', () => {
  expect(digestLayout([tensor('b.weight', 'BF16', 2), tensor('a.weight', 'F32', 2, 3)])).toEqual({
    // [["a.weight","F32",[2,3]],["b.weight","BF16",[2]]]
    layoutDigest: 'sha256:392f08506cb237fe523a86b78d1d1d799abb489d6ee5b179c3533f4c53dde736',
    // [["a.weight",[2,3]],["b.weight",[2]]]
    shapeDigest: 'sha256:fed3e64442141e2bbf858c33df3724918b77e887bb3175754ea3b63d81333b37',
  });
  // []
  const empty = 'sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945';
  expect(digestLayout([])).toEqual({ layoutDigest: empty, shapeDigest: empty });
});

test('digestLayout() sorts as UTF-8 does, not UTF-16', () => {
  const private_ = '\ue000';
  const emoji = '\u{1f600}';
  expect(emoji < private_).toBe(true);
  expect(digestLayout([tensor(emoji, 'U8'), tensor(private_, 'U8')]).layoutDigest).toBe(
    digestOf(`[["${private_}","U8",[]],["${emoji}","U8",[]]]`),
  );
});

test('digestLayout() is what canonical JSON of the whole list gives, in whatever order tensors come', () => {
  const anyTensor = fc.record({
    name: fc.string({ unit: 'grapheme' }),
    dtype: fc.constantFrom('F32', 'BF16', 'Q4_K'),
    shape: fc.array(fc.nat(), { maxLength: 4 }),
  });
  const anyLayout = fc.uniqueArray(anyTensor, { selector: ({ name }) => name, maxLength: 30 });
  fc.assert(
    fc.property(anyLayout, fc.nat(), (tensors, turn) => {
      const sorted = tensors.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
      const at = turn % (tensors.length + 1);
      const { layoutDigest, shapeDigest } = digestLayout([...tensors.slice(at), ...tensors.slice(0, at)]);
      expect(layoutDigest).toBe(digestOf(canonicalJson(sorted.map(({ name, dtype, shape }) => [name, dtype, shape]))));
      expect(shapeDigest).toBe(digestOf(canonicalJson(sorted.map(({ name, shape }) => [name, shape]))));
    }),
    runs(500),
  );
});

test('digestLayout() tells other types from other shapes', () => {
  const first = digestLayout([tensor('a', 'F32', 2, 3)]);
  const cast = digestLayout([tensor('a', 'F16', 2, 3)]);
  const turned = digestLayout([tensor('a', 'F32', 3, 2)]);
  expect(cast.shapeDigest).toBe(first.shapeDigest);
  expect(new Set([first, cast, turned].map(({ layoutDigest }) => layoutDigest)).size).toBe(3);
  expect(turned.shapeDigest).not.toBe(first.shapeDigest);
});

test('digestLayout() digests a hundred thousand tensors piece by piece', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `model.layers.${index}.weight`);
  const shuffled = names.map((name) => tensor(name, 'F32', 4096, 4096)).reverse();
  const expected = names.toSorted().map((name) => `["${name}","F32",[4096,4096]]`);
  expect(digestLayout(shuffled).layoutDigest).toBe(digestOf(`[${expected.join(',')}]`));
});

test('digestLayout() refuses two tensors of one name, and names that are no text', () => {
  expect(() => digestLayout([tensor('a', 'F32'), tensor('b', 'F32'), tensor('a', 'F16')])).toThrow('the name "a"');
  expect(() => digestLayout([tensor('a\ud800', 'F32')])).toThrow('half of a sign');
  expect(() => digestLayout([tensor('a', '\udc00')])).toThrow('half of a sign');
});
