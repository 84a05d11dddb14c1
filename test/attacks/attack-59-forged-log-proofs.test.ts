/** Attack 59: proofs in which a hash was dropped, put in, flipped or moved, of other indexes, other sizes, other entries. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isConsistent } from '../../src/trust/log/merkle/verify.ts';
import { formatProof, type Proof, parseProof } from '../../src/trust/log/proof/proof.ts';
import { proveEntry } from '../../src/trust/log/proof/prove.ts';
import { verifyProof } from '../../src/trust/log/proof/verify.ts';
import { folderReader } from '../../src/trust/log/reading/folder.ts';
import { consistencyProof, rootOf } from '../../src/trust/log/reading/tiles.ts';
import { entryAt, makeLog, ORIGIN, verifierKey } from '../_support/log.ts';
import { thrownBy } from '../_support/refusal.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

const log = { origin: ORIGIN, vkey: verifierKey() };
/** Around what is easy to get wrong: powers of two, full tiles, one more and one less. */
const sizes = [1, 2, 3, 7, 8, 9, 255, 256, 257, 511, 512, 513] as const;
let scratch: Scratch;
beforeAll(async () => {
  scratch = makeScratch();
  for (const size of sizes) await makeLog(scratch.at(String(size)), size);
});
afterAll(() => scratch[Symbol.dispose]());

function forgeries(proof: Proof, size: number): readonly Proof[] {
  const { hashes, index } = proof;
  const flipped = hashes.map((hash, at) =>
    hashes.with(at, Buffer.from(hash.map((byte, place) => (place === at % 32 ? byte ^ 1 : byte)))),
  );
  const dropped = hashes.map((_, at) => hashes.toSpliced(at, 1));
  const moved = hashes.length > 1 ? [[...hashes.slice(1), ...hashes.slice(0, 1)], hashes.toReversed()] : [];
  const added = [
    [...hashes, Buffer.alloc(32)],
    [Buffer.alloc(32), ...hashes],
    [...hashes, ...hashes.slice(-1)],
  ];
  const other = [...flipped, ...dropped, ...moved, ...added.filter(({ length }) => length > hashes.length)];
  const indexes = [index + 1, index - 1, size - 1 - index, index + size, 2 ** 32 + index].filter(
    (at) => at !== index && at >= 0,
  );
  return [...other.map((hashes) => ({ ...proof, hashes })), ...indexes.map((index) => ({ ...proof, index }))];
}

test.each(sizes)('proofs of entries in a log of %i', async (size) => {
  const reader = folderReader(scratch.at(String(size)));
  for (const index of new Set([0, 1, Math.floor(size / 2), size - 2, size - 1].filter((at) => at >= 0 && at < size))) {
    const proof = await proveEntry(reader, index);
    expect(verifyProof(proof, entryAt(index), log)).toMatchObject({ index, size });
    for (const forged of forgeries(parseProof(proof), size))
      expect(thrownBy(() => verifyProof(formatProof(forged), entryAt(index), log)).code).toBe('LOG_INVALID');
    for (const other of [entryAt(index + 1), Buffer.alloc(0), Buffer.concat([entryAt(index), Buffer.alloc(1)])])
      expect(thrownBy(() => verifyProof(proof, other, log)).code).toBe('LOG_INVALID');
  }
});

test('a node of the tree is no entry: hashes of leaves and nodes begin otherwise', async () => {
  const proof = parseProof(await proveEntry(folderReader(scratch.at('8')), 0));
  const { hashes } = parseProof(await proveEntry(folderReader(scratch.at('8')), 1));
  // The two leaves below the first node, offered as one entry at the place of the node.
  const [left, right] = [hashes[0] ?? Buffer.alloc(0), proof.hashes[0] ?? Buffer.alloc(0)];
  const forged = formatProof({ ...proof, hashes: proof.hashes.slice(1) });
  expect(thrownBy(() => verifyProof(forged, Buffer.concat([left, right]), log)).code).toBe('LOG_INVALID');
});

test('proofs that a log goes on: sizes 0, equal, the other way round, hashes too many and too few', async () => {
  const reader = folderReader(scratch.at('513'));
  for (const older of sizes) {
    const [root, newer] = [await rootOf(reader, older, 513), await rootOf(reader, 513)];
    const proof = await consistencyProof(reader, older, 513);
    const heads = [
      { size: older, root },
      { size: 513, root: newer },
    ] as const;
    expect(isConsistent(...heads, proof)).toBe(true);
    for (const { hashes } of forgeries({ index: 0, hashes: proof, checkpoint: Buffer.alloc(0) }, 513).filter(
      ({ index }) => index === 0,
    ))
      expect(isConsistent(...heads, hashes)).toBe(false);
    for (const size of [older - 1, older + 1, 0, 514].filter((size) => size !== 0 || older > 0))
      expect(
        isConsistent({ size, root }, heads[1], size === 0 ? [Buffer.alloc(32)] : proof),
        `${older} as ${size}`,
      ).toBe(false);
    expect(isConsistent(heads[1], { size: older, root: newer }, proof)).toBe(older === 513);
  }
});
