/** Extended headers: POSIX.1-2001 pax, "pax Extended Header", and GNU's. Only `path` and `size` are heeded. */
import { WaybillError } from '../errors.ts';
import { entryTypes } from './header.ts';

export interface PaxRecords {
  readonly path?: string;
  readonly size?: number;
  /** How many extended headers said so. */
  readonly headers?: number;
}

/** A pax header holds a few short records; a crafted one is gigabytes. */
export const MAX_PAX_SIZE: number = 64 * 1024;

/** Writers put one or two before an entry; a crafted archive has nothing else. */
const MAX_EXTENSIONS = 8;

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
export function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** Whether an entry says something about others and is none itself. */
export function isExtension(type: string): boolean {
  return type === entryTypes.pax || type === entryTypes.paxGlobal || type === entryTypes.gnuLongName;
}

/**
 * What is known of the next entry once this extension has been read too.
 * @param name the archive in the reader's words, for messages
 * @throws WaybillError ARCHIVE_UNSAFE
 */
export function extend(before: PaxRecords, type: string, content: Buffer, name: string): PaxRecords {
  const records = { ...before, headers: (before.headers ?? 0) + 1 };
  if (records.headers > MAX_EXTENSIONS)
    throw unsafe(name, `more than ${MAX_EXTENSIONS} extended headers stand before one entry`);
  // GNU ends the name with NUL; pax does not, and one there is part of a name that nobody may have.
  if (type === entryTypes.gnuLongName) return { ...records, path: decodeName(content, name).replace(/\0+$/, '') };
  const found = parsePax(content, name);
  if (type === entryTypes.pax) return { ...records, ...found };
  // Some readers apply it to all files that follow, others to none.
  if (found.path !== undefined || found.size !== undefined)
    throw unsafe(name, 'an extended header for all files has a path or a size');
  return records;
}

/**
 * @param name the archive in the reader's words, for messages
 * @throws WaybillError ARCHIVE_UNSAFE for malformed records, links and sparse files
 */
function parsePax(record: Buffer, name: string): PaxRecords {
  let at = 0;
  let result: PaxRecords = {};
  while (at < record.length) {
    const space = record.indexOf(0x20, at);
    const digits = space < 0 ? '' : record.toString('latin1', at, space);
    const length = /^[1-9][0-9]{0,5}$/.test(digits) ? Number(digits) : Number.NaN;
    const end = at + length;
    if (Number.isNaN(length) || end > record.length || space >= end || record[end - 1] !== 0x0a) {
      throw unsafe(name, 'an extended header is malformed');
    }
    const equals = record.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) throw unsafe(name, 'an extended header is malformed');
    const key = record.toString('latin1', space + 1, equals);
    const value = record.subarray(equals + 1, end - 1);
    if (key === 'path') result = { ...result, path: decodeName(value, name) };
    if (key === 'size') result = { ...result, size: parseSize(value.toString('latin1'), name) };
    if (key === 'linkpath' || key.startsWith('GNU.sparse')) throw unsafe(name, `an extended header has ${key}`);
    at = end;
  }
  return result;
}

function parseSize(text: string, name: string): number {
  const size = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(size))
    throw unsafe(name, 'an extended header states no valid size');
  return size;
}

function decodeName(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unsafe(name, 'a name is not valid UTF-8', cause);
  }
}

export function unsafe(name: string, found: string, cause?: unknown): WaybillError {
  return new WaybillError('ARCHIVE_UNSAFE', `Cannot read ${name}: ${found}`, { cause });
}
