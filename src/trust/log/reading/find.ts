/** Where in a log an entry stands, by its hash. */
import { HASH_SIZE } from '../merkle/hashes.ts';
import { TILE_WIDTH, tileAt } from '../tiles/paths.ts';
import type { LogReader } from './reader.ts';
import { readHashes } from './tiles.ts';

/**
 * The last place at which it stands; undefined where it is not. Reads the lowest tiles from the end, one for 256 entries.
 * @throws WaybillError LOG_INVALID where tiles are missing; what the reader throws
 */
export async function findLeaf(reader: LogReader, leaf: Buffer, size: number): Promise<number | undefined> {
  for (let index = Math.ceil(size / TILE_WIDTH) - 1; index >= 0; index--) {
    const hashes = await readHashes(reader, tileAt(0, index, size));
    for (let at = hashes.length - HASH_SIZE; at >= 0; at -= HASH_SIZE)
      if (leaf.equals(hashes.subarray(at, at + HASH_SIZE))) return index * TILE_WIDTH + at / HASH_SIZE;
  }
  return undefined;
}
