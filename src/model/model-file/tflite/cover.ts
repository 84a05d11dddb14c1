/** Whether the parts of a file that were read fill it, and whether tensors share bytes with anything. */
import type { FlatBuffer, Span } from './flat-buffer.ts';

/** Of the format: larger values begin at a multiple of this. */
const MAX_PADDING = 64;

/**
 * @param buffers where bytes of tensors lie: nothing else may
 * @returns where the last part ends, and how many bytes before belong to nothing
 */
export async function coverOf(
  buffer: FlatBuffer,
  buffers: readonly Span[],
): Promise<{ end: number; unaccounted: number }> {
  const owned = buffers.toSorted((a, b) => a.start - b.start || a.end - b.end);
  checkApart(buffer, owned);
  let [end, unaccounted] = [0, 0];
  for (const part of [...buffer.spans, ...buffers].sort((a, b) => a.start - b.start)) {
    if (part.start > end) unaccounted += await lostBytes(buffer, end, part.start);
    end = Math.max(end, part.end);
  }
  return { end, unaccounted };
}

function checkApart(buffer: FlatBuffer, owned: readonly Span[]): void {
  let at = 0;
  for (const { start, end } of owned) {
    if (start < at) throw buffer.refusals.invalid(`the bytes of a tensor at ${start} are inside those of another`);
    at = end;
  }
  const parts = buffer.spans.toSorted((a, b) => a.start - b.start);
  let next = 0;
  for (const part of parts) {
    while ((owned[next]?.end ?? Number.POSITIVE_INFINITY) <= part.start) next += 1;
    const other = owned[next];
    // A list of bytes is a part itself: its length, and then the bytes.
    if (other === undefined || part.end <= other.start || (part.end === other.end && part.start === other.start - 4))
      continue;
    throw buffer.refusals.invalid(`the bytes of a tensor at ${other.start} are something else too`);
  }
}

/** Zeros between two parts are there for their alignment. */
async function lostBytes(buffer: FlatBuffer, start: number, end: number): Promise<number> {
  if (end - start < MAX_PADDING && (await buffer.bytes(start, end - start)).every((byte) => byte === 0)) return 0;
  return end - start;
}
