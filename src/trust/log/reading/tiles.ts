/** Hashes and entries out of the tiles of a log. They are what the tiles say: whoever asks holds them to a root. */
import { WaybillError } from '../../../base/errors.ts';
import { inParallel } from '../../../base/parallel.ts';
import { EMPTY_ROOT, HASH_SIZE, joinRoots, perfectRoot } from '../merkle/hashes.ts';
import { consistencyRanges, inclusionRanges, type Range, type Subtree, subtreesOf } from '../merkle/subtrees.ts';
import { decodeEntries } from '../tiles/bundle.ts';
import { TILE_LEVELS, TILE_WIDTH, type Tile, tileAt, tilePath } from '../tiles/paths.ts';
import type { LogReader } from './reader.ts';

/** Of a remote log: a few round trips at once. */
const PARALLEL_READS = 8;

/**
 * The root of the tree at a size that it had.
 * @param within the size that it has now, and tiles for
 * @throws WaybillError LOG_INVALID where tiles are missing or malformed; what the reader throws
 */
export async function rootOf(reader: LogReader, size: number, within: number = size): Promise<Buffer> {
  if (size === 0) return EMPTY_ROOT;
  const [root] = await rangeHashes(reader, within, [{ start: 0, end: size }]);
  return root as Buffer;
}

/** The hashes that lead from an entry to the root of a tree. `index` is below `size`. */
export function inclusionProof(reader: LogReader, index: number, size: number): Promise<readonly Buffer[]> {
  return rangeHashes(reader, size, inclusionRanges(index, size));
}

/** What shows that a tree goes on from an older one; `older` is not beyond `newer`. */
export async function consistencyProof(reader: LogReader, older: number, newer: number): Promise<readonly Buffer[]> {
  return older === 0 ? [] : await rangeHashes(reader, newer, consistencyRanges(older, newer));
}

export async function leafHashAt(reader: LogReader, index: number, size: number): Promise<Buffer> {
  const [leaf] = await subtreeHashes(reader, size, [{ level: 0, index }]);
  return leaf as Buffer;
}

/** The entries of one bundle, as many as a tree of this size has in it. */
export async function entriesOf(reader: LogReader, bundle: number, size: number): Promise<readonly Buffer[]> {
  const tile = tileAt('entries', bundle, size);
  const bytes = await readTile(reader, tile);
  return decodeEntries(bytes, `${tilePath(tile)} of ${reader.place}`, tile.width);
}

/** @throws WaybillError LOG_INVALID for a tile that is not there or has not the size of its hashes */
export async function readHashes(reader: LogReader, tile: Tile): Promise<Buffer> {
  const bytes = await readTile(reader, tile);
  const size = tile.width * HASH_SIZE;
  if (bytes.length !== size && bytes.length !== TILE_WIDTH * HASH_SIZE)
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot read ${tilePath(tile)} of ${reader.place}: it has ${bytes.length} bytes, not ${size}`,
    );
  return bytes.subarray(0, size);
}

/** A partial tile may be gone once there is the full one, of which it was the beginning. */
async function readTile(reader: LogReader, tile: Tile): Promise<Buffer> {
  const bytes =
    (await reader.read(tilePath(tile))) ??
    (tile.width < TILE_WIDTH ? await reader.read(tilePath({ ...tile, width: TILE_WIDTH })) : undefined);
  if (bytes !== undefined) return bytes;
  throw new WaybillError('LOG_INVALID', `Cannot read ${tilePath(tile)} of ${reader.place}: the log does not have it`);
}

/** The root over each range of entries. */
async function rangeHashes(reader: LogReader, size: number, ranges: readonly Range[]): Promise<readonly Buffer[]> {
  const parts = ranges.map(subtreesOf);
  const hashes = await subtreeHashes(reader, size, parts.flat());
  let at = 0;
  return parts.map(({ length }) => {
    at += length;
    return joinRoots(hashes.slice(at - length, at));
  });
}

async function subtreeHashes(reader: LogReader, size: number, wanted: readonly Subtree[]): Promise<readonly Buffer[]> {
  const places = wanted.map(({ level, index }) => {
    const height = level % TILE_LEVELS;
    const first = index * 2 ** height;
    const tile = tileAt((level - height) / TILE_LEVELS, Math.floor(first / TILE_WIDTH), size);
    return { tile, path: tilePath(tile), start: first % TILE_WIDTH, count: 2 ** height };
  });
  const needed = [...new Map(places.map(({ path, tile }) => [path, tile]))];
  const read = await inParallel(needed, PARALLEL_READS, ([, tile]) => readHashes(reader, tile));
  const tiles = new Map(needed.map(([path], at) => [path, read[at]]));
  return places.map(({ path, start, count }) =>
    perfectRoot((tiles.get(path) as Buffer).subarray(start * HASH_SIZE, (start + count) * HASH_SIZE)),
  );
}
