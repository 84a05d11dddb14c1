/** Entries as a log keeps them, up to 256 in a file, each behind its length: C2SP tlog-tiles, "Log entries". */
import { WaybillError } from '../../../base/errors.ts';
import { TILE_WIDTH } from './paths.ts';

/** The length of an entry has two bytes in a bundle. */
export const MAX_ENTRY_SIZE: number = 65_535;

/** 256 entries of 65,535 bytes, each with the two bytes of its length. */
export const MAX_BUNDLE_OF_ENTRIES_SIZE: number = 256 * 65_537;

const LENGTH_SIZE = 2;

/** @throws WaybillError LIMIT_EXCEEDED for an entry that is too long */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafe(entries.reduce((size, { length }) => size + LENGTH_SIZE + length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_SIZE)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot put an entry into the log: it has ${entry.length} bytes, the limit is ${MAX_ENTRY_SIZE}`,
        { hint: 'Keep the content elsewhere, and log its digest' },
      );
    bytes.writeUInt16BE(entry.length, at);
    bytes.set(entry, at + LENGTH_SIZE);
    at += LENGTH_SIZE + entry.length;
  }
  return bytes;
}

/**
 * @param what the bundle in the reader's words
 * @param count how many entries there must be; of a full bundle those beyond are left out
 * @throws WaybillError LOG_INVALID for bytes that are no bundle, or one of other entries
 */
export function decodeEntries(bytes: Buffer, what: string, count: number): readonly Buffer[] {
  const entries = splitEntries(bytes, what);
  if (entries.length === count || entries.length === TILE_WIDTH) return entries.slice(0, count);
  throw new WaybillError('LOG_INVALID', `Cannot read ${what}: it holds ${entries.length} entries, not ${count}`);
}

/** @throws WaybillError LOG_INVALID for bytes that do not end with an entry */
export function splitEntries(bytes: Buffer, what: string): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + LENGTH_SIZE;
    const end = start > bytes.length ? start : start + bytes.readUInt16BE(at);
    if (end > bytes.length) throw new WaybillError('LOG_INVALID', `Cannot read ${what}: its last entry is cut short`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return entries;
}
