import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { StreamHashes } from './stream-hashes.ts';

const shared = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
};

const sha256 = (pieces: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};

test('digest() is that of the pieces in their order, whatever their sizes, of several streams at once', async () => {
  await using hashes = new StreamHashes();
  const sizes = [1, 300_000, 0, 65_536, 1_000_000, 7];
  const streams = Array.from({ length: 6 }, () => sizes.map((size) => shared(randomBytes(size))));
  const found = await Promise.all(
    streams.map(async (pieces) => {
      const done: Uint8Array[] = [];
      const hash = hashes.open((piece) => void done.push(piece));
      for (const piece of pieces) await hash.update(piece);
      const digest = await hash.digest();
      expect(done).toEqual(pieces);
      return digest;
    }),
  );
  expect(found).toEqual(streams.map(sha256));
});

test('digest() of nothing is that of no bytes', async () => {
  await using hashes = new StreamHashes();
  expect(await hashes.open(() => {}).digest()).toBe(sha256([]));
});

test('a piece is given back only when it has been hashed: memory that is used again changes no digest', async () => {
  await using hashes = new StreamHashes();
  const free: Uint8Array[] = Array.from({ length: 8 }, () => new Uint8Array(new SharedArrayBuffer(100_000)));
  const hash = hashes.open((piece) => void free.push(piece));
  const expected = createHash('sha256');
  for (let round = 0; round < 300; round++) {
    let piece = free.pop();
    while (piece === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      piece = free.pop();
    }
    piece.fill(round);
    expected.update(piece);
    await hash.update(piece);
  }
  expect(await hash.digest()).toBe(expected.digest('hex'));
});

test('a stream that is abandoned holds nobody up', async () => {
  await using hashes = new StreamHashes();
  const left = hashes.open(() => {});
  await left.update(shared(randomBytes(400_000)));
  left.abandon();
  const pieces = [shared(randomBytes(400_000))];
  const next = hashes.open(() => {});
  for (const piece of pieces) await next.update(piece);
  expect(await next.digest()).toBe(sha256(pieces));
});
