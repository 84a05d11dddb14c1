/**
 * The members of a ZIP archive, each held to its own header, with the archive filled by them from the first byte to
 * the directory: APPNOTE.TXT, sections 4.3.7 to 4.3.9.
 */
import { findCollision } from '../../paths/collisions.ts';
import { refusalOf } from '../../paths/rules.ts';
import type { ByteSource } from '../byte-source.ts';
import { HAS_DESCRIPTOR, type ListedMember, type Refusals, readDirectory } from './directory.ts';
import { readExtra } from './extra.ts';

export interface Member extends ListedMember {
  /** Of its bytes in the archive; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Of deflate: more cannot come out of so few bytes. */
const MAX_RATIO = 1032;
/** Of all members that are compressed: whoever opens them needs that much memory. Larger arrays are stored as they are. */
const MAX_INFLATED_SIZE = 4 * 1024 * 1024 * 1024;

const HEADER_SIZE = 30;

/**
 * In the order of their bytes.
 * @param begin where the first one must begin: behind something that the archive was added to
 * @throws what the refusals make
 */
export async function readMembers(source: ByteSource, refusals: Refusals, begin = 0): Promise<readonly Member[]> {
  const { invalid, tooLarge } = refusals;
  const directory = await readDirectory(source, refusals);
  checkNames(directory.members, invalid);
  const inflated = directory.members.reduce((sum, { isCompressed, size }) => sum + (isCompressed ? size : 0), 0);
  if (inflated > MAX_INFLATED_SIZE)
    throw tooLarge(`its members have ${inflated} bytes without compression, the limit is ${MAX_INFLATED_SIZE}`);
  const members: Member[] = [];
  let at = begin;
  for (const listed of directory.members.toSorted((a, b) => a.headerStart - b.headerStart)) {
    const shown = `the member ${JSON.stringify(listed.name)}`;
    if (listed.headerStart !== at)
      throw invalid(
        `${shown} begins at byte ${listed.headerStart}, ${listed.headerStart < at ? 'inside another one' : 'behind bytes that belong to none'}`,
      );
    if (listed.size > listed.packedSize * MAX_RATIO)
      throw invalid(`${shown} cannot have ${listed.size} bytes in ${listed.packedSize}`);
    const refuse = (found: string) => invalid(`${shown} ${found}`);
    const { member, end } = await readMember(source, listed, { limit: directory.start, refuse });
    members.push(member);
    at = end;
  }
  if (at !== directory.start)
    throw invalid(`its members end at byte ${at}, its directory begins at ${directory.start}`);
  return members;
}

/** Two members under names that are one on some system are refused too. */
function checkNames(members: readonly ListedMember[], invalid: Refusals['invalid']): void {
  for (const { name, isLink } of members) {
    const refusal = isLink ? 'it is a symbolic link' : refusalOf(name);
    if (refusal !== undefined) throw invalid(`it has a member ${JSON.stringify(name.slice(0, 200))}, and ${refusal}`);
  }
  const collision = findCollision(members.map(({ name }) => name));
  if (collision !== undefined)
    throw invalid(`its members ${collision.map((name) => JSON.stringify(name)).join(' and ')} are one on some systems`);
}

async function readMember(
  source: ByteSource,
  listed: ListedMember,
  { limit, refuse }: { limit: number; refuse(found: string): Error },
): Promise<{ member: Member; end: number }> {
  const { headerStart, packedSize, flags } = listed;
  if (headerStart + HEADER_SIZE > limit) throw refuse('begins behind the last one');
  const header = Buffer.from(await source.read(headerStart, HEADER_SIZE));
  if (header.readUInt32LE(0) !== 0x04034b50) throw refuse('has no header of its own');
  const [nameLength = 0, extraLength = 0] = [26, 28].map((offset) => header.readUInt16LE(offset));
  const start = headerStart + HEADER_SIZE + nameLength + extraLength;
  const end = start + packedSize;
  if (end > limit) throw refuse(`has ${packedSize} bytes, and the directory begins before that`);
  const rest = Buffer.from(await source.read(headerStart + HEADER_SIZE, nameLength + extraLength));
  if (!rest.subarray(0, nameLength).equals(listed.rawName)) throw refuse('has another name in its own header');
  const method = listed.isCompressed ? 8 : 0;
  if (header.readUInt16LE(6) !== flags || header.readUInt16LE(8) !== method)
    throw refuse('has other flags, or another method, in its own header');
  const stated = [22, 18].map((offset) => header.readUInt32LE(offset));
  const isLarge = stated.includes(0xffff_ffff);
  const [size, packed] = readExtra(rest.subarray(nameLength), stated, refuse);
  const member = { ...listed, start, end };
  const crc = header.readUInt32LE(14);
  if ((flags & HAS_DESCRIPTOR) === 0) {
    if (size !== listed.size || packed !== packedSize || crc !== listed.crc)
      throw refuse('has another size or CRC in its own header');
    return { member, end };
  }
  const isEmpty = [size, packed, crc].every((value) => value === 0);
  if (!isEmpty && (size !== listed.size || packed !== packedSize || crc !== listed.crc))
    throw refuse('has another size or CRC in its own header');
  return { member, end: await readDescriptor(source, member, { limit, isLarge, refuse }) };
}

/** Behind the content: CRC and sizes once more, with a mark before them. @returns where it ends */
async function readDescriptor(
  source: ByteSource,
  { end, crc, size, packedSize }: Member,
  { limit, isLarge, refuse }: { limit: number; isLarge: boolean; refuse(found: string): Error },
): Promise<number> {
  const length = isLarge ? 24 : 16;
  const found = Buffer.from(await source.read(end, Math.min(length, limit - end)));
  const expected = Buffer.alloc(length);
  expected.writeUInt32LE(0x08074b50);
  expected.writeUInt32LE(crc, 4);
  if (isLarge) {
    expected.writeBigUInt64LE(BigInt(packedSize), 8);
    expected.writeBigUInt64LE(BigInt(size), 16);
  } else {
    if (Math.max(packedSize, size) > 0xffff_ffff) throw refuse('is larger than its descriptor can say');
    expected.writeUInt32LE(packedSize, 8);
    expected.writeUInt32LE(size, 12);
  }
  if (!found.equals(expected)) throw refuse('has another size or CRC behind its bytes');
  return end + length;
}
