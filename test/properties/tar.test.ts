/** entryHeader() against readTar(), and readTar() on archives that were good before they were damaged. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_USTAR_SIZE, paddingOf } from '../../src/base/tar/header.ts';
import { readTar } from '../../src/base/tar/read.ts';
import { END_OF_ARCHIVE, entryHeader } from '../../src/base/tar/write.ts';
import { anyDamage, damaged, resultOfAsync, runs } from '../_support/properties.ts';
import { gnuLongName, paxEntry, rawEntry, rawTar } from '../_support/raw-tar.ts';

interface File {
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9._-]{1,100}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('é', '模', '😀', 'a', '\ufeff', ' '), minLength: 1, maxLength: 120 }),
);
const path = fc
  .array(name, { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('/'))
  .filter((text) => text.isWellFormed() && !text.includes('\0'));
const content = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.constantFrom(0, 1, 511, 512, 513, 1024).map((length) => new Uint8Array(length).fill(65)),
);
const files = fc.array(fc.record({ path, mode: fc.constantFrom(0o644, 0o755), content }), { maxLength: 8 });

function write(list: readonly File[]): Buffer {
  const parts = list.flatMap(({ path, mode, content }) => [
    entryHeader({ path, mode, size: content.length }),
    content,
    Buffer.alloc(paddingOf(content.length)),
  ]);
  return Buffer.concat([...parts, END_OF_ARCHIVE]);
}

/** The bytes in pieces of these lengths, over and over. */
async function* piecesOf(bytes: Uint8Array, lengths: readonly number[]): AsyncIterable<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function read(bytes: Uint8Array, lengths: readonly number[] = [bytes.length + 1]): Promise<File[]> {
  const list: File[] = [];
  for await (const entry of readTar(piecesOf(bytes, lengths), 'it')) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.content()) chunks.push(Uint8Array.from(chunk));
    const content = Buffer.concat(chunks);
    expect(content.length).toBe(entry.size);
    expect(Buffer.compare(content, bytes.subarray(entry.offset, entry.offset + entry.size))).toBe(0);
    list.push({ path: entry.path, mode: entry.mode, content: Uint8Array.from(content) });
  }
  return list;
}

const lengths = fc.array(fc.oneof(fc.nat(600), fc.constantFrom(1, 511, 512, 513)), { minLength: 1, maxLength: 4 });
const progressing = lengths.filter((list) => list.some((length) => length > 0));

test('readTar() gives back what entryHeader() wrote, in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(files, progressing, async (list, pieces) => {
      const bytes = write(list);
      expect(bytes.length % 512).toBe(0);
      expect(await read(bytes, pieces)).toEqual(
        list.map((file) => ({ ...file, content: Uint8Array.from(file.content) })),
      );
    }),
    runs(400),
  );
});

test('entryHeader() writes the same bytes for the same file, and a whole number of blocks', () => {
  fc.assert(
    fc.property(path, fc.nat(MAX_USTAR_SIZE), fc.constantFrom(0o644, 0o755), (path, size, mode) => {
      const header = entryHeader({ path, size, mode });
      expect(header.length % 512).toBe(0);
      expect(entryHeader({ path, size, mode }).equals(header)).toBe(true);
    }),
    runs(500),
  );
});

/** Archives with every kind of entry that is read, and of those that are refused. */
const anyArchive = fc
  .array(
    fc.oneof(
      fc
        .record({
          name: fc.constantFrom('a', 'b/c', 'd/', ''),
          content,
          type: fc.constantFrom('0', '5', '\0', '1', '2', '3', 'S', 'L', 'x', 'g'),
        })
        .map(rawEntry),
      fc.constantFrom(
        paxEntry({ path: 'p' }),
        paxEntry({ size: '3' }),
        paxEntry({ comment: 'c' }, 'g'),
        gnuLongName('l'.repeat(150)),
      ),
    ),
    { maxLength: 6 },
  )
  .map((entries) => rawTar(...entries));

test('readTar() refuses any archive or damage in its own words, and reads the same in whatever pieces it comes', async () => {
  const archives = fc.oneof(files.map(write), anyArchive);
  const maybeDamaged = fc
    .tuple(archives, fc.option(anyDamage))
    .map(([bytes, damage]) => (damage === null ? bytes : damaged(bytes, damage)));
  await fc.assert(
    fc.asyncProperty(maybeDamaged, progressing, async (bytes, pieces) => {
      const codes = ['ARCHIVE_UNSAFE', 'LIMIT_EXCEEDED'] as const;
      const whole = await resultOfAsync(() => read(bytes), codes);
      const inPieces = await resultOfAsync(() => read(bytes, pieces), codes);
      expect('value' in inPieces).toBe('value' in whole);
      if ('value' in whole && 'value' in inPieces) expect(inPieces.value).toEqual(whole.value);
    }),
    runs(1_500),
  );
});
