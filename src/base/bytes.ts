/** Streams of bytes. */
import { WaybillError } from './errors.ts';

/** Large enough that a system call is cheap, small enough to stay in a core's cache. */
export const CHUNK_SIZE = 256 * 1024;

/**
 * All bytes of a stream that must be small.
 * @param limit in bytes; @param what the content in the reader's words
 * @throws WaybillError LIMIT_EXCEEDED as soon as the limit is passed
 */
export async function collect(chunks: AsyncIterable<Uint8Array>, limit: number, what: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) {
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${what}: it is larger than ${limit} bytes`);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}

/**
 * Gives the memory of a buffer back at once, if it has some of its own: the collector would come for it late, and to
 * know that so much waits for it makes it mark everything more often. Nobody may use the buffer any more, also no
 * system call that is under way.
 */
export function release({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (byteLength === buffer.byteLength) buffer.transfer(0);
}

/** A stream of the given chunks. */
export async function* streamOf(...chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

/** Order of two texts by their UTF-8 bytes: the same on every machine and in every locale. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
