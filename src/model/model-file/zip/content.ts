/** The content of a member of a ZIP archive. */
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { ByteSource } from '../byte-source.ts';
import type { Member } from './members.ts';

/** Compressed bytes that are read in one go. */
const PIECE_SIZE = 256 * 1024;

/** Of a member that is stored as it is: a part of the archive, nothing of which is read before it is asked for. */
export function partOf(source: ByteSource, { name, start, end }: Pick<Member, 'name' | 'start' | 'end'>): ByteSource {
  const size = end - start;
  return {
    name: `${source.name}!${name}`,
    size,
    async read(from, length) {
      if (from < 0 || length < 0 || from + length > size)
        throw new RangeError(`${name} has ${size} bytes, not ${from + length}`);
      return source.read(start + from, length);
    },
  };
}

/**
 * Inflates a member to its end, and keeps no more than its beginning.
 * @param refuse makes the error of a member that is not what its header says
 * @returns its first bytes, `most` of them at most
 */
export async function inflateBeginning(
  source: ByteSource,
  { start, end, size, crc }: Member,
  { most, refuse }: { most: number; refuse(found: string): Error },
): Promise<Buffer> {
  const inflater = createInflateRaw();
  const kept: Buffer[] = [];
  let [found, sum] = [0, 0];
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += PIECE_SIZE) yield source.read(at, Math.min(PIECE_SIZE, end - at));
  }
  try {
    await pipeline(pieces(), inflater, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (found < most) kept.push(Buffer.from(chunk.subarray(0, most - found)));
        found += chunk.length;
        sum = crc32(chunk, sum);
        if (found > size) throw refuse(`has more than the ${size} bytes that it states`);
      }
    });
  } catch (error) {
    throw isOfZlib(error) ? refuse('is not compressed as it says') : error;
  }
  if (inflater.bytesWritten !== end - start) throw refuse('has bytes behind its compressed ones');
  if (found !== size) throw refuse(`has ${found} bytes, and states ${size}`);
  if (sum !== crc) throw refuse('has another CRC than it states');
  return Buffer.concat(kept);
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_|^ERR_/.test(String(error.code));
}
