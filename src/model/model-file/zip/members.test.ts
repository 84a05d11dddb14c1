import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { u32 } from '../../../../test/_support/model-files.ts';
import { seeded } from '../../../../test/_support/random.ts';
import { u16, type ZipEnd, type ZipPart, zipOf } from '../../../../test/_support/zip-files.ts';
import { bytesSource } from '../byte-source.ts';
import { inflateBeginning } from './content.ts';
import { readMembers } from './members.ts';

const refusals = { invalid: (found: string) => new Error(found), tooLarge: (found: string) => new Error(found) };
const read = (bytes: Uint8Array) => readMembers(bytesSource('a.zip', bytes), refusals);

const one: ZipPart = { name: 'one', content: Buffer.from('content of one') };
const two: ZipPart = { name: 'two', content: Buffer.alloc(5_000, 'x'), isCompressed: true };

test.each<[string, readonly ZipPart[], ZipEnd]>([
  ['nothing', [], {}],
  ['stored and compressed', [one, two], {}],
  ['names in UTF-8', [{ ...one, name: 'ünï' }], {}],
  [
    'descriptors',
    [
      { ...one, hasDescriptor: true },
      { ...two, hasDescriptor: true, isLarge: true },
    ],
    {},
  ],
  ['large numbers', [{ ...one, isLarge: true }], { isLarge: true }],
  ['padding, as PyTorch writes it', [{ ...one, extra: Buffer.concat([u16(0x4246), u16(3), Buffer.from('ZZZ')]) }], {}],
])('readMembers() reads %s', async (_, parts, end) => {
  const bytes = zipOf(parts, end);
  const members = await read(bytes);
  expect(members.map(({ name, size }) => [name, size])).toEqual(
    parts.map(({ name, content }) => [name, content.length]),
  );
  for (const [index, { start, end: behind, isCompressed }] of members.entries()) {
    const content = Buffer.from(parts[index]?.content ?? []);
    expect(bytes.subarray(start, behind)).toEqual(isCompressed ? deflateRawSync(content) : content);
  }
});

/** Offsets in an entry of the directory, and in a member's own header. */
const LISTED = {
  version: 6,
  flags: 8,
  method: 10,
  crc: 16,
  packed: 20,
  size: 24,
  comment: 32,
  disk: 34,
  mode: 38,
  start: 42,
  name: 46,
};
const OWN = { flags: 6, method: 8, crc: 14, packed: 18, size: 22, name: 30 };

const listed = (offset: number, bytes: Buffer): readonly ZipPart[] => [{ ...one, listed: [[offset, bytes]] }];
const own = (offset: number, bytes: Buffer): readonly ZipPart[] => [{ ...one, own: [[offset, bytes]] }];

test.each<[string, readonly ZipPart[], ZipEnd, string]>([
  ['a comment at the end', [one], { comment: 'x' }, 'without a comment'],
  ['bytes before the first member', [{ ...one, before: Buffer.from('MZ') }], {}, 'belong to none'],
  ['bytes between members', [one, { ...two, before: Buffer.from('..') }], {}, 'belong to none'],
  ['bytes before the directory', [one], { between: Buffer.from('..') }, 'the record of it begins'],
  ['more members than it has', [one], { count: 2 }, 'no member'],
  ['fewer members than it has', [one, two], { count: 1 }, 'fill'],
  ['a name that leads out', [{ ...one, name: '../one' }], {}, 'part ..'],
  ['an absolute name', [{ ...one, name: '/one' }], {}, 'absolute'],
  ['a backslash', [{ ...one, name: 'a\\one' }], {}, 'backslash'],
  ['a NUL', [{ ...one, name: 'one\0.npy' }], {}, 'control character'],
  ['a name twice', [one, one], {}, 'one on some systems'],
  ['names that differ in case', [one, { ...two, name: 'ONE' }], {}, 'one on some systems'],
  ['a name of another alphabet', listed(LISTED.name, Buffer.from([0xe9])), {}, 'unknown alphabet'],
  ['a symbolic link', listed(LISTED.mode, u32(0xa1ff_0000)), {}, 'symbolic link'],
  ['encryption', listed(LISTED.flags, u16(1)), {}, 'encrypted'],
  ['a patch', listed(LISTED.flags, u16(0x20)), {}, 'encrypted, or has flags'],
  ['strong encryption', listed(LISTED.flags, u16(0x40)), {}, 'encrypted, or has flags'],
  ['another method', listed(LISTED.method, u16(12)), {}, 'method 12'],
  ['a newer version', listed(LISTED.version, u16(63)), {}, 'version 63'],
  ['a comment of a member', listed(LISTED.comment, u16(1)), {}, 'comment'],
  ['another volume', listed(LISTED.disk, u16(1)), {}, 'volume'],
  ['two sizes without compression', listed(LISTED.size, u32(3)), {}, 'two sizes'],
  ['a header elsewhere', listed(LISTED.start, u32(3)), {}, 'begins at byte 3'],
  ['two members in the same bytes', [one, { ...two, listed: [[LISTED.start, u32(0)]] }], {}, 'inside another'],
  ['another name in its own header', own(OWN.name, Buffer.from('0')), {}, 'another name'],
  ['other flags in its own header', own(OWN.flags, u16(0x800)), {}, 'other flags'],
  ['another method in its own header', own(OWN.method, u16(8)), {}, 'another method'],
  ['another CRC in its own header', own(OWN.crc, u32(1)), {}, 'another size or CRC'],
  ['another size in its own header', own(OWN.size, u32(1)), {}, 'another size or CRC'],
  ['another length in its own header', own(OWN.packed, u32(1)), {}, 'another size or CRC'],
  ['no header of its own', own(0, u32(0)), {}, 'no header'],
  [
    'another name by an extra field',
    [{ ...one, extra: Buffer.concat([u16(0x7075), u16(1), Buffer.from('x')]) }],
    {},
    '0x7075',
  ],
  ['extra fields cut short', [{ ...one, extra: Buffer.from([1]) }], {}, 'end within one'],
  [
    'large numbers where none are needed',
    [{ ...one, extra: Buffer.concat([u16(1), u16(8), Buffer.alloc(8)]) }],
    {},
    'larger numbers',
  ],
  ['more than can be compressed', [{ ...two, listed: [[LISTED.size, u32(2 ** 31)]] }], {}, 'cannot have'],
])('readMembers() refuses %s', async (_, parts, end, message) => {
  await expect(read(zipOf(parts, end))).rejects.toThrow(message);
});

test('readMembers() refuses a descriptor that says otherwise, and a directory of two minds', async () => {
  const described = zipOf([{ ...one, hasDescriptor: true }]);
  described.writeUInt32LE(1, 30 + 3 + one.content.length + 4);
  await expect(read(described)).rejects.toThrow('behind its bytes');
  const large = zipOf([one], { isLarge: true });
  large.writeUInt16LE(2, large.length - 12);
  await expect(read(large)).rejects.toThrow('two');
  const damaged = zipOf([one], { isLarge: true });
  damaged.writeUInt32LE(2, damaged.length - 22 - 4);
  await expect(read(damaged)).rejects.toThrow('damaged');
});

test('readMembers() refuses compressed members that together are too large to open', async () => {
  const claimed = u32(2 ** 31);
  const bomb = (name: string): ZipPart => ({
    name,
    content: seeded(1).bytes(2 ** 22),
    isCompressed: true,
    listed: [[LISTED.size, claimed]],
    own: [[OWN.size, claimed]],
  });
  await expect(read(zipOf([bomb('a'), bomb('b')]))).resolves.toHaveLength(2);
  await expect(read(zipOf([bomb('a'), bomb('b'), bomb('c')]))).rejects.toThrow('the limit is 4294967296');
});

test.each<[string, Partial<ZipPart>, (bytes: Buffer, start: number) => void, string]>([
  ['bytes that are not compressed', {}, (bytes, start) => bytes.fill(0xff, start, start + 5), 'not compressed'],
  ['another CRC', { listed: [[LISTED.crc, u32(1)]], own: [[OWN.crc, u32(1)]] }, () => {}, 'another CRC'],
  ['fewer bytes', { listed: [[LISTED.size, u32(5_001)]], own: [[OWN.size, u32(5_001)]] }, () => {}, 'states 5001'],
  ['more bytes', { listed: [[LISTED.size, u32(4_999)]], own: [[OWN.size, u32(4_999)]] }, () => {}, 'more than'],
])('inflateBeginning() refuses %s', async (_, lies, damage, message) => {
  const bytes = zipOf([{ ...two, ...lies }]);
  const [member] = await read(bytes);
  if (member === undefined) throw new Error('no member');
  damage(bytes, member.start);
  const inflating = inflateBeginning(bytesSource('a', bytes), member, { most: 10, refuse: refusals.invalid });
  await expect(inflating).rejects.toThrow(message);
});

test('inflateBeginning() refuses bytes behind the compressed ones, and keeps only the beginning', async () => {
  const bytes = zipOf([two]);
  const [member] = await read(bytes);
  if (member === undefined) throw new Error('no member');
  const options = { most: 10, refuse: refusals.invalid };
  expect(await inflateBeginning(bytesSource('a', bytes), member, options)).toEqual(Buffer.alloc(10, 'x'));
  const longer = { ...member, end: member.end + 4 };
  await expect(inflateBeginning(bytesSource('a', bytes), longer, options)).rejects.toThrow('behind its compressed');
});
