import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entriesUpTo, entryAt, makeLog, plainRoot } from '../../../../test/_support/log.ts';
import { failureOf } from '../../../../test/_support/refusal.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { EMPTY_ROOT, leafHash } from '../merkle/hashes.ts';
import { isConsistent, isIncluded } from '../merkle/verify.ts';
import { findLeaf } from './find.ts';
import { folderReader } from './folder.ts';
import { consistencyProof, entriesOf, inclusionProof, leafHashAt, rootOf } from './tiles.ts';

const SIZE = 1000;
let scratch: Scratch;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), SIZE, { batch: 130 });
});
afterAll(() => scratch[Symbol.dispose]());

const reader = () => folderReader(scratch.at('log'));

test('the tiles hold every tree that the log ever was', async () => {
  expect(await rootOf(reader(), 0)).toEqual(EMPTY_ROOT);
  expect(await rootOf(reader(), 910)).toEqual(plainRoot(entriesUpTo(910)));
  for (const size of [1, 2, 129, 130, 255, 256, 257, 511, 512, 900, SIZE])
    expect(await rootOf(reader(), size, SIZE), String(size)).toEqual(plainRoot(entriesUpTo(size)));
});

test('the proofs that are made of tiles hold', async () => {
  const headOf = (size: number) => ({ size, root: plainRoot(entriesUpTo(size)) });
  for (const index of [0, 1, 255, 256, 512, 767, 768, 999]) {
    const leaf = leafHash(entriesUpTo(index + 1, index)[0] ?? EMPTY_ROOT);
    expect(await leafHashAt(reader(), index, SIZE)).toEqual(leaf);
    expect(isIncluded({ index, leaf, proof: await inclusionProof(reader(), index, SIZE) }, headOf(SIZE))).toBe(true);
  }
  for (const older of [0, 1, 3, 255, 256, 257, 768, 999, 1000]) {
    const proof = await consistencyProof(reader(), older, SIZE);
    expect(isConsistent(headOf(older), headOf(SIZE), proof)).toBe(true);
  }
});

test('findLeaf() says where an entry stands last, or nothing', async () => {
  const leaf = (index: number) => leafHash(entryAt(index));
  for (const index of [0, 255, 256, 999]) expect(await findLeaf(reader(), leaf(index), SIZE)).toBe(index);
  expect(await findLeaf(reader(), leaf(1000), SIZE)).toBeUndefined();
  expect(await findLeaf(reader(), leaf(3), 0)).toBeUndefined();
});

test('a partial tile that is gone is the beginning of the full one', async () => {
  expect(fs.existsSync(scratch.at('log', 'tile/0/000.p'))).toBe(false);
  expect(await entriesOf(reader(), 0, 130)).toEqual(entriesUpTo(130));
  expect((await failureOf(entriesOf(reader(), 4, SIZE + 500))).message).toContain('tile/entries/004 of');
  expect((await failureOf(entriesOf(reader(), 3, 800))).message).toContain('tile/entries/003.p/32 of');
});

test('folderReader() says what it cannot read, and reads nothing that is too large', async () => {
  expect(await reader().read('tile/0/009')).toBeUndefined();
  expect((await failureOf(reader().read('tile'))).code).toBe('FILE_UNREADABLE');
  expect((await failureOf(folderReader(scratch.at('log', 'checkpoint')).read('checkpoint'))).code).toBe(
    'FILE_UNREADABLE',
  );
  fs.mkdirSync(scratch.at('large'));
  fs.writeFileSync(scratch.at('large', 'checkpoint'), Buffer.alloc(300_000));
  expect((await failureOf(folderReader(scratch.at('large')).read('checkpoint'))).code).toBe('LIMIT_EXCEEDED');
});
