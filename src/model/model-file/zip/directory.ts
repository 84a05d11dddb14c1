/**
 * The list of members at the end of a ZIP archive: PKWARE's APPNOTE.TXT, sections 4.3.12 to 4.3.16. Readers differ in
 * where they look for it and in what they believe; this one accepts archives that all of them see alike.
 */
import type { ByteSource } from '../byte-source.ts';
import { readExtra, SATURATED } from './extra.ts';

export interface Refusals {
  invalid(found: string): Error;
  tooLarge(found: string): Error;
}

/** As the directory states it. */
export interface ListedMember {
  readonly name: string;
  readonly rawName: Buffer;
  readonly isCompressed: boolean;
  readonly flags: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Bytes of its content. */
  readonly size: number;
  /** Where its own header begins. */
  readonly headerStart: number;
  readonly isLink: boolean;
}

export interface Directory {
  readonly members: readonly ListedMember[];
  /** Where the directory begins: members lie before. */
  readonly start: number;
}

/** Checkpoints of large models have some ten thousand. */
const MAX_MEMBERS = 100_000;
/** Of so many members with long names. */
const MAX_DIRECTORY_SIZE = 32 * 1024 * 1024;

const END_SIZE = 22;
const LOCATOR_SIZE = 20;
const END64_SIZE = 56;
const ENTRY_SIZE = 46;
/** Not encrypted, not patched; a descriptor behind the content, a name in UTF-8. */
export const HAS_DESCRIPTOR = 0x0008;
const IS_UTF8 = 0x0800;
/** ZIP64 needs 4.5; what needs more is compressed in ways that are not read. */
const MAX_VERSION = 45;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export async function readDirectory(source: ByteSource, refusals: Refusals): Promise<Directory> {
  const { invalid, tooLarge } = refusals;
  const { count, start, size } = await readEnd(source, refusals);
  if (count > MAX_MEMBERS) throw tooLarge(`it has ${count} members, the limit is ${MAX_MEMBERS}`);
  if (size > MAX_DIRECTORY_SIZE) throw tooLarge(`its directory has ${size} bytes, the limit is ${MAX_DIRECTORY_SIZE}`);
  const bytes = Buffer.from(await source.read(start, size));
  const members: ListedMember[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const { member, end } = readEntry(bytes, at, invalid);
    members.push(member);
    at = end;
  }
  if (at !== size) throw invalid(`its directory has ${size} bytes, and its members fill ${at}`);
  return { members, start };
}

/** The record at the very end, and the larger one before it where numbers do not fit. */
async function readEnd(
  source: ByteSource,
  { invalid }: Refusals,
): Promise<{ count: number; start: number; size: number }> {
  if (source.size < END_SIZE) throw invalid(`it has ${source.size} bytes, not even the end of an archive`);
  const tailSize = Math.min(source.size, END_SIZE + LOCATOR_SIZE + END64_SIZE);
  const tail = Buffer.from(await source.read(source.size - tailSize, tailSize));
  const end = tail.subarray(-END_SIZE);
  if (end.readUInt32LE(0) !== 0x06054b50 || end.readUInt16LE(20) !== 0)
    throw invalid('it does not end as an archive without a comment');
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0) throw invalid('it is one of several volumes');
  const stated = {
    count: end.readUInt16LE(10),
    size: end.readUInt32LE(12),
    start: end.readUInt32LE(16),
  };
  if (end.readUInt16LE(8) !== stated.count) throw invalid('its end states two numbers of members');
  const larger = readEnd64(tail.subarray(0, -END_SIZE), source.size - END_SIZE, invalid);
  const isSaturated = stated.count === 0xffff || stated.size === SATURATED || stated.start === SATURATED;
  if (larger === undefined && isSaturated) throw invalid('its end has numbers that do not fit, and no larger record');
  for (const key of ['count', 'size', 'start'] as const)
    if (larger !== undefined && stated[key] !== (key === 'count' ? 0xffff : SATURATED) && stated[key] !== larger[key])
      throw invalid(`its two ends state ${stated[key]} and ${larger[key]} as ${key} of the directory`);
  const directory = larger ?? stated;
  const behind = source.size - END_SIZE - (larger === undefined ? 0 : LOCATOR_SIZE + END64_SIZE);
  if (directory.start + directory.size !== behind)
    throw invalid(
      `its directory ends at byte ${directory.start + directory.size}, the record of it begins at ${behind}`,
    );
  return directory;
}

function readEnd64(
  before: Buffer,
  end: number,
  invalid: Refusals['invalid'],
): { count: number; start: number; size: number } | undefined {
  const locator = before.subarray(-LOCATOR_SIZE);
  if (locator.length < LOCATOR_SIZE || locator.readUInt32LE(0) !== 0x07064b50) return undefined;
  const record = before.subarray(0, -LOCATOR_SIZE).subarray(-END64_SIZE);
  const start = end - LOCATOR_SIZE - END64_SIZE;
  const isSound =
    record.length === END64_SIZE &&
    record.readUInt32LE(0) === 0x06064b50 &&
    record.readBigUInt64LE(4) === BigInt(END64_SIZE - 12) &&
    record.readUInt16LE(14) <= MAX_VERSION &&
    record.readUInt32LE(16) === 0 &&
    record.readUInt32LE(20) === 0 &&
    record.readBigUInt64LE(24) === record.readBigUInt64LE(32) &&
    locator.readUInt32LE(4) === 0 &&
    locator.readBigUInt64LE(8) === BigInt(start) &&
    locator.readUInt32LE(16) === 1;
  if (!isSound) throw invalid('the larger record of its directory is damaged');
  const [count, size, first] = [32, 40, 48].map((at) => record.readBigUInt64LE(at));
  if (count === undefined || size === undefined || first === undefined || size > start || first > start)
    throw invalid('the larger record of its directory is damaged');
  return { count: Number(count), size: Number(size), start: Number(first) };
}

function readEntry(bytes: Buffer, at: number, invalid: Refusals['invalid']): { member: ListedMember; end: number } {
  if (at + ENTRY_SIZE > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
    throw invalid(`its directory has no member at byte ${at}`);
  const [version, flags, method] = [6, 8, 10].map((offset) => bytes.readUInt16LE(at + offset));
  const [nameLength = 0, extraLength = 0, commentLength = 0, disk] = [28, 30, 32, 34].map((offset) =>
    bytes.readUInt16LE(at + offset),
  );
  const end = at + ENTRY_SIZE + nameLength + extraLength;
  if (end > bytes.length) throw invalid(`its directory ends within the member at byte ${at}`);
  const rawName = bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength);
  const name = nameOf(rawName, flags ?? 0, invalid);
  const shown = `the member ${JSON.stringify(name)}`;
  if (commentLength > 0) throw invalid(`${shown} has a comment`);
  if (disk !== 0) throw invalid(`${shown} is in another volume`);
  if (flags === undefined || (flags & ~(HAS_DESCRIPTOR | IS_UTF8)) !== 0)
    throw invalid(`${shown} is encrypted, or has flags that are not known (0x${flags?.toString(16)})`);
  if ((method !== 0 && method !== 8) || version === undefined || version > MAX_VERSION)
    throw invalid(`${shown} is compressed by method ${method} of version ${version}, and 0 and 8 are read`);
  const large = readExtra(
    bytes.subarray(end - extraLength, end),
    [24, 20, 42].map((offset) => bytes.readUInt32LE(at + offset)),
    (found) => invalid(`${shown} ${found}`),
  );
  const [size = 0, packedSize = 0, headerStart = 0] = large;
  if (method === 0 && size !== packedSize) throw invalid(`${shown} is not compressed, and has two sizes`);
  const isLink = bytes.readUInt32LE(at + 38) >>> 28 === 0xa;
  const crc = bytes.readUInt32LE(at + 16);
  const member = { name, rawName, isCompressed: method === 8, flags, crc, packedSize, size, headerStart, isLink };
  return { member, end };
}

/** Where it is not said to be UTF-8, programs differ in what letters beyond ASCII are. */
function nameOf(bytes: Buffer, flags: number, invalid: Refusals['invalid']): string {
  const shown = JSON.stringify(bytes.toString('latin1').slice(0, 200));
  if ((flags & IS_UTF8) === 0 && bytes.some((byte) => byte >= 0x80))
    throw invalid(`the name ${shown} has letters of an unknown alphabet`);
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid(`the name ${shown} is not valid UTF-8`);
  }
}
