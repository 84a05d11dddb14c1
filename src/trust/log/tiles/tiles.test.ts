import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, resultOf, runs } from '../../../../test/_support/properties.ts';
import { thrownBy } from '../../../../test/_support/refusal.ts';
import { decodeEntries, encodeEntries, MAX_ENTRY_SIZE, splitEntries } from './bundle.ts';
import { edgeOf, parseTilePath, tileAt, tilePath } from './paths.ts';

test('paths are those of the specification', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 63, index: 0, width: 255 })).toBe('tile/63/000.p/255');
  expect(tilePath({ level: 'entries', index: 1000, width: 1 })).toBe('tile/entries/x001/000.p/1');
});

test('a tree of 70,000 has the tiles that the specification counts', () => {
  expect(edgeOf(70_000)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ]);
  expect(edgeOf(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
  expect(edgeOf(0)).toEqual([]);
  expect(tileAt(0, 272, 70_000).width).toBe(256);
  expect(tileAt('entries', 273, 70_000).width).toBe(112);
  expect(tileAt(1, 1, 70_000).width).toBe(17);
});

test('parseTilePath() reads what tilePath() writes, and nothing else', () => {
  const tile = fc.record({
    level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
    index: fc.maxSafeNat(),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(tile, (tile) => {
      expect(parseTilePath(tilePath(tile))).toEqual(tile);
    }),
    runs(1000),
  );
  const wrong = ['', 'tile/0/0', 'tile/00/000', 'tile/64/000', 'tile/0/x000/000', 'tile/0/000.p/256', 'tile/0/000.p/0'];
  for (const text of [
    ...wrong,
    'tile/0/000.p/01',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/../000',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])
    expect(parseTilePath(text), text).toBeUndefined();
  fc.assert(
    fc.property(anyText, (text) => {
      const tile = parseTilePath(text);
      if (tile !== undefined) expect(tilePath(tile)).toBe(text);
    }),
    runs(1000),
  );
});

test('bundles of entries are read as they were written', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 });
  fc.assert(
    fc.property(entries, (entries) => {
      const bytes = encodeEntries(entries);
      expect(splitEntries(bytes, 'x')).toEqual(entries.map((entry) => Buffer.from(entry)));
      expect(encodeEntries(splitEntries(bytes, 'x'))).toEqual(bytes);
    }),
    runs(200),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), (junk) => {
      const result = resultOf(() => splitEntries(Buffer.from(junk), 'it'), ['LOG_INVALID']);
      if ('value' in result) expect(encodeEntries(result.value)).toEqual(Buffer.from(junk));
    }),
    runs(1000),
  );
});

test('an entry is as long as two bytes can say, and no longer', () => {
  const longest = Buffer.alloc(MAX_ENTRY_SIZE, 7);
  expect(decodeEntries(encodeEntries([longest]), 'x', 1)).toEqual([longest]);
  expect(thrownBy(() => encodeEntries([Buffer.alloc(MAX_ENTRY_SIZE + 1)])).code).toBe('LIMIT_EXCEEDED');
});

test('decodeEntries() takes the beginning of a full bundle, and no other number', () => {
  const of = (count: number) => encodeEntries(Array.from({ length: count }, (_, at) => Buffer.from([at])));
  expect(decodeEntries(of(256), 'x', 3)).toHaveLength(3);
  expect(decodeEntries(of(3), 'x', 3)).toHaveLength(3);
  for (const count of [2, 4, 255, 257])
    expect(thrownBy(() => decodeEntries(of(count), 'x', 3)).message).toBe(
      `Cannot read x: it holds ${count} entries, not 3`,
    );
  expect(thrownBy(() => decodeEntries(Buffer.from([0]), 'x', 1)).message).toContain('cut short');
});
