import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { identityOf } from '../file-identity.ts';
import { END_OF_ARCHIVE } from '../tar/write.ts';
import { assemble } from './assembly.ts';
import { type KnownPart, OutgoingBlob } from './outgoing.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const KIB = 1024;

function partOf(name: string, bytes: Uint8Array, isEntry = false): KnownPart {
  const file = scratch.at(name);
  fs.writeFileSync(file, bytes);
  const identity = identityOf(fs.lstatSync(file, { bigint: true }));
  return { file, name, identity, ...(isEntry ? { entry: { path: name, mode: 0o644 } } : {}) };
}

/** A tar with headers, padding, an empty file and one that is larger than a piece. */
const tarParts = (): KnownPart[] => [
  partOf('a', randomBytes(10), true),
  partOf('empty', Buffer.alloc(0), true),
  partOf('large', randomBytes(700 * KIB), true),
  partOf('z'.repeat(120), randomBytes(512), true),
  { bytes: END_OF_ARCHIVE },
];

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** What `pack` writes for the same parts. */
function assembled(parts: readonly KnownPart[]) {
  const to = scratch.at(`assembled-${randomBytes(4).toString('hex')}`);
  const { sha256, size, files } = assemble({ parts, to }, () => {});
  return { bytes: fs.readFileSync(to), sha256, size, files };
}

test.each([
  ['a file', () => [partOf('one', randomBytes(600 * KIB + 7))]],
  ['an empty file', () => [partOf('none', Buffer.alloc(0))]],
  ['a tar', tarParts],
])('OutgoingBlob of %s gives the bytes and the digests that assemble() gives', async (_, make) => {
  const parts = make();
  const wanted = assembled(parts);
  const blob = new OutgoingBlob(parts);
  expect(blob.size).toBe(wanted.bytes.length);
  expect((await read(blob.range({ start: 0, end: blob.size }))).equals(wanted.bytes)).toBe(true);
  const { sha256, size, files } = await blob.finish();
  expect({ sha256, size, files }).toEqual({ sha256: wanted.sha256, size: wanted.size, files: wanted.files });
});

test('OutgoingBlob gives ranges again and out of order, and hashes each byte once', async () => {
  const parts = tarParts();
  const { bytes, sha256 } = assembled(parts);
  const blob = new OutgoingBlob(parts);
  const borders = [0, 1, 511, 512, 1025, 300_000, 300_001, 600_000, 400_000, 2_000, blob.size - 1, blob.size];
  for (const start of borders) {
    for (const end of borders.filter((end) => end >= start)) {
      expect((await read(blob.range({ start, end }))).equals(bytes.subarray(start, end))).toBe(true);
      expect((await read(blob.rangeAgain({ start, end }))).equals(bytes.subarray(start, end))).toBe(true);
    }
  }
  const { sha256: found, bytesRead } = await blob.finish();
  expect(found).toBe(sha256);
  expect(bytesRead).toBe(10 + 700 * KIB + 512);
});

test('OutgoingBlob goes on where somebody else had stopped, and where nobody asks for its bytes', async () => {
  const parts = tarParts();
  const { bytes, sha256 } = assembled(parts);
  const resumed = new OutgoingBlob(parts);
  const range = { start: 500_000, end: 600_000 };
  expect((await read(resumed.range(range))).equals(bytes.subarray(range.start, range.end))).toBe(true);
  expect((await resumed.finish()).sha256).toBe(sha256);
  expect((await new OutgoingBlob(parts).finish()).sha256).toBe(sha256);
});

test('OutgoingBlob keeps a chunk until the one after the next is asked for', async () => {
  const content = randomBytes(2_000 * KIB);
  const chunks = new OutgoingBlob([partOf('slow', content)]).range({ start: 0, end: content.length });
  const whole = createHash('sha256');
  let before: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (before !== undefined) whole.update(before);
    before = chunk;
  }
  expect(whole.update(before ?? '').digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
});

test('OutgoingBlob says FILE_CHANGED, and again when it is asked again', async () => {
  const part = partOf('changing', Buffer.alloc(900 * KIB));
  const blob = new OutgoingBlob([part]);
  await read(blob.range({ start: 0, end: 300 * KIB }));
  fs.appendFileSync(scratch.at('changing'), 'more');
  const failure = { code: 'FILE_CHANGED', message: expect.stringContaining('changing') };
  await expect(read(blob.range({ start: 300 * KIB, end: blob.size }))).rejects.toMatchObject(failure);
  await expect(blob.finish()).rejects.toMatchObject(failure);
  await expect(read(blob.rangeAgain({ start: 0, end: 10 }))).rejects.toMatchObject(failure);
});

test('OutgoingBlob says FILE_CHANGED for what changed after its last byte had passed', async () => {
  const blob = new OutgoingBlob([partOf('late', Buffer.alloc(512 * KIB))]);
  await read(blob.range({ start: 0, end: blob.size }));
  fs.writeFileSync(scratch.at('late'), Buffer.alloc(512 * KIB, 1));
  await expect(blob.finish()).rejects.toMatchObject({ code: 'FILE_CHANGED' });
});

test('OutgoingBlob ends the reader before the last one', async () => {
  const content = randomBytes(900 * KIB);
  const blob = new OutgoingBlob([partOf('two-readers', content)]);
  const first = blob.range({ start: 0, end: blob.size });
  await first.next();
  expect((await read(blob.range({ start: 0, end: blob.size }))).equals(content)).toBe(true);
  await expect(first.next()).resolves.toMatchObject({ done: true });
  const other = new OutgoingBlob([partOf('two-others', content)]);
  const early = other.range({ start: 0, end: other.size });
  await early.next();
  await read(other.range({ start: 0, end: 10 }));
  await expect(early.next()).rejects.toThrow('somebody else');
  expect((await other.finish()).sha256).toBe(createHash('sha256').update(content).digest('hex'));
});

test('OutgoingBlob.state tells files, their states and their places in a tar apart', () => {
  const plain = partOf('same', Buffer.from('x'));
  const state = (part: KnownPart) => new OutgoingBlob([part]).state;
  const before = state(plain);
  expect(state({ ...plain, name: 'another' } as KnownPart)).toBe(before);
  const entry = { ...plain, entry: { path: 'same', mode: 0o644 } } as KnownPart;
  expect(state(entry)).not.toBe(before);
  fs.writeFileSync(scratch.at('same'), 'y');
  expect(state(partOf('same', Buffer.from('y')))).not.toBe(before);
});
