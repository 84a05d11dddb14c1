import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesUpTo, plainRoot } from '../../../../test/_support/log.ts';
import { runs } from '../../../../test/_support/properties.ts';
import { EMPTY_ROOT, joinRoots, leafHash, perfectRoot } from './hashes.ts';
import { consistencyRanges, inclusionRanges, type Range, subtreesOf } from './subtrees.ts';
import { isConsistent, isIncluded } from './verify.ts';

/** Leaves and roots that Certificate Transparency's own tests use, for trees of 1 to 8. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const MAX = 70;
const hashes = entriesUpTo(MAX).map(leafHash);

/** The root over a range, through its perfect subtrees. */
function rangeRoot(range: Range): Buffer {
  return joinRoots(
    subtreesOf(range).map(({ level, index }) =>
      perfectRoot(Buffer.concat(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level))),
    ),
  );
}

const headOf = (size: number) => ({ size, root: size === 0 ? EMPTY_ROOT : rangeRoot({ start: 0, end: size }) });
const inclusion = (index: number, size: number) => ({
  index,
  leaf: hashes[index] ?? EMPTY_ROOT,
  proof: inclusionRanges(index, size).map(rangeRoot),
});
const consistency = (older: number, newer: number) =>
  older === 0 ? [] : consistencyRanges(older, newer).map(rangeRoot);

test('the roots are those of other implementations', () => {
  const entries = leaves.map((text) => Buffer.from(text, 'hex'));
  for (const [at, root] of roots.entries()) expect(plainRoot(entries.slice(0, at + 1)).toString('hex')).toBe(root);
  expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('subtreesOf() makes the same root as the definition, for every size', () => {
  for (let size = 1; size <= MAX; size++) expect(headOf(size).root).toEqual(plainRoot(entriesUpTo(size)));
});

test('isIncluded() takes the proof of every entry in every tree, and at no other index', () => {
  for (let size = 1; size <= MAX; size++) {
    for (let index = 0; index < size; index++) {
      const proof = inclusion(index, size);
      expect(isIncluded(proof, headOf(size))).toBe(true);
      expect(isIncluded({ ...proof, index: index + 1 }, headOf(size))).toBe(false);
      expect(isIncluded({ ...proof, index: index - 1 }, headOf(size))).toBe(false);
    }
  }
});

test('isConsistent() takes the proof between every two trees, and no other way round', () => {
  for (let newer = 0; newer <= MAX; newer++) {
    for (let older = 0; older <= newer; older++) {
      const proof = consistency(older, newer);
      expect(isConsistent(headOf(older), headOf(newer), proof), `${older} ${newer}`).toBe(true);
      if (older < newer) expect(isConsistent(headOf(newer), headOf(older), proof)).toBe(false);
    }
  }
});

describe('proofs that were tampered with', () => {
  const size = fc.integer({ min: 1, max: MAX });
  const place = fc.record({ size, at: fc.nat(), change: fc.constantFrom('drop', 'append', 'flip', 'swap', 'prepend') });
  type Change = 'drop' | 'append' | 'flip' | 'swap' | 'prepend';

  /** @returns undefined where the change changes nothing */
  function changed(proof: readonly Buffer[], at: number, change: Change): readonly Buffer[] | undefined {
    const other = Buffer.alloc(32, at);
    if (change === 'append') return [...proof, other];
    if (change === 'prepend') return [other, ...proof];
    if (proof.length === 0) return undefined;
    const place = at % proof.length;
    if (change === 'drop') return proof.toSpliced(place, 1);
    const hash = Buffer.from(proof[place] ?? other);
    if (change === 'flip') {
      hash.writeUInt8(hash.readUInt8(at % 32) ^ (1 << (at % 8)), at % 32);
      return proof.with(place, hash);
    }
    return proof.length < 2 ? undefined : [...proof.slice(1), ...proof.slice(0, 1)];
  }

  test('are no proof of an entry', () => {
    fc.assert(
      fc.property(place, ({ size, at, change }) => {
        const proof = inclusion(at % size, size);
        const forged = changed(proof.proof, at, change);
        if (forged !== undefined) expect(isIncluded({ ...proof, proof: forged }, headOf(size))).toBe(false);
        expect(isIncluded({ ...proof, leaf: Buffer.alloc(32, 9) }, headOf(size))).toBe(false);
      }),
      runs(2000),
    );
  });

  test('are no proof that a log goes on', () => {
    fc.assert(
      fc.property(place, fc.nat(), ({ size, at, change }, from) => {
        const older = 1 + (from % size);
        const forged = changed(consistency(older, size), at, change);
        if (forged !== undefined) expect(isConsistent(headOf(older), headOf(size), forged)).toBe(false);
        const other = { size: older, root: Buffer.alloc(32, 9) };
        expect(isConsistent(other, headOf(size), consistency(older, size))).toBe(false);
        expect(isConsistent(headOf(older), { size, root: Buffer.alloc(32, 9) }, consistency(older, size))).toBe(false);
      }),
      runs(2000),
    );
  });

  test('have no sizes and indexes that are no numbers of entries', () => {
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(isIncluded({ ...inclusion(0, 3), index: wrong }, headOf(3))).toBe(false);
      expect(isIncluded(inclusion(0, 3), { ...headOf(3), size: wrong })).toBe(false);
      expect(isConsistent({ ...headOf(2), size: wrong }, headOf(3), consistency(2, 3))).toBe(false);
      expect(isConsistent(headOf(2), { ...headOf(3), size: wrong }, consistency(2, 3))).toBe(false);
    }
  });

  test('are not followed for longer than a tree is high', () => {
    const long = Array.from({ length: 60 }, () => EMPTY_ROOT);
    const far = { size: 2 ** 53 - 1, root: EMPTY_ROOT };
    expect(isIncluded({ index: 5, leaf: EMPTY_ROOT, proof: long }, far)).toBe(false);
    expect(isConsistent({ size: 5, root: EMPTY_ROOT }, far, long)).toBe(false);
    expect(isConsistent({ size: 3, root: EMPTY_ROOT }, far, [])).toBe(false);
  });

  test('of the empty tree hold nothing, and of one size are empty', () => {
    expect(isConsistent(headOf(0), headOf(3), [EMPTY_ROOT])).toBe(false);
    expect(isConsistent(headOf(3), headOf(3), [EMPTY_ROOT])).toBe(false);
    expect(isConsistent(headOf(3), { size: 3, root: EMPTY_ROOT }, [])).toBe(false);
    expect(isIncluded(inclusion(0, 1), headOf(0))).toBe(false);
  });
});
