/** Attack 5: devices, pipes, sparse files, mode bits, and headers that two readers understand in two ways. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { gnuLongName, paxEntry, rawEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

const refuse = async (archive: Buffer, message: RegExp) => {
  const made = makeArtifact().tar(archive).write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message, code: 'ARCHIVE_UNSAFE' });
};

describe('verify() and unpack() refuse an entry that is', () => {
  test.each([
    ['a character device', '3', /a device/],
    ['a block device', '4', /a device/],
    ['a pipe', '6', /a pipe/],
    ['a contiguous file', '7', /an entry of type "7"/],
    ['a GNU sparse file', 'S', /an entry of type "S"/],
    ['a GNU dump of a folder', 'D', /an entry of type "D"/],
    ['a GNU volume label', 'V', /an entry of type "V"/],
    ['a continuation of another volume', 'M', /an entry of type "M"/],
    ['of a type that nobody has defined', 'Z', /an entry of type "Z"/],
  ])('%s', async (_, type, message) => {
    await refuse(rawTar({ name: 'good', content: 'good' }, { name: 'special', type }), message);
  });
});

describe('verify() and unpack() refuse an extended header that', () => {
  test.each([
    ['makes a sparse file', { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }],
    ['names a sparse file', { 'GNU.sparse.name': 'real-name' }],
    ['makes a link', { linkpath: '/etc/passwd' }],
    ['states a negative size', { size: '-1' }],
    ['states a size with a sign', { size: '+4' }],
    ['states a fractional size', { size: '4.5' }],
    ['states a size in hex', { size: '0x4' }],
    ['states a size of 2^53', { size: '9007199254740992' }],
    ['states an empty size', { size: '' }],
    ['has a name with NUL at its end', { path: 'name\0' }],
  ])('%s', async (_, records) => {
    await refuse(rawTar(paxEntry(records), { name: 'x', content: 'data' }), /extended header|the name/);
  });

  test.each([
    ['has a record without an end', '11 path=abc'],
    ['has a record whose length is too short', '5 path=abc\n'],
    ['has a record whose length is too long', '99 path=abc\n'],
    ['has a record of length zero', '0 path=abc\n'],
    ['has a record whose length has a leading zero', '012 path=abc\n'],
    ['has a record without a key', '7 abcd\n'],
    ['has a length that is no number', 'xx path=abc\n'],
    ['ends in the middle of a record', '12 path=abc\n12 pa'],
    ['has a name that is not UTF-8', Buffer.concat([Buffer.from('10 path='), Buffer.from([0xff]), Buffer.from('\n')])],
  ])('%s', async (_, record) => {
    await refuse(
      rawTar(paxEntry(Buffer.from(record)), { name: 'x', content: 'data' }),
      /extended header|not valid UTF-8/,
    );
  });

  test.each([
    ['renames', { path: 'renamed' }],
    ['resizes', { size: '2' }],
    ['links', { linkpath: 'elsewhere' }],
  ])('%s all files that follow, which only some readers heed', async (_, records) => {
    await refuse(
      rawTar(paxEntry(records, 'g'), { name: 'x', content: 'data' }),
      /extended header (?:for all files )?has/,
    );
  });

  test('is larger than any honest one', async () => {
    await refuse(
      rawTar(paxEntry({ comment: 'x'.repeat(70_000) }), { name: 'x' }),
      /an extended header has 70\d\d\d bytes/,
    );
    await refuse(rawTar(gnuLongName('x'.repeat(70_000)), { name: 'x' }), /an extended header has 70\d\d\d bytes/);
  });
});

describe('verify() and unpack() let one header decide', () => {
  test('a pax path replaces the name of the header', async () => {
    const archive = rawTar(paxEntry({ path: 'decided' }), { name: 'overruled', content: 'x' });
    const made = makeArtifact()
      .tar(archive, { files: { decided: 'x' } })
      .sums()
      .write(fresh());
    await expectAccepted(made);
    expect(scratch.list(`layout-${count - 1}-oci-out`)).toEqual(['SHA256SUMS', 'decided']);
  });

  test('a GNU long name replaces the name of the header', async () => {
    const name = `folder/${'n'.repeat(120)}`;
    const archive = rawTar(gnuLongName(name), { name: name.slice(0, 100), content: 'x' });
    await expectAccepted(
      makeArtifact()
        .tar(archive, { files: { [name]: 'x' } })
        .sums()
        .write(fresh()),
    );
  });

  test('a pax size replaces the size of the header, so that no content passes for a header', async () => {
    const hidden = rawEntry({ name: 'hidden', content: 'evil' });
    const archive = rawTar(paxEntry({ size: String(hidden.length) }), { name: 'x', content: hidden, size: 0 });
    await expectAccepted(
      makeArtifact()
        .tar(archive, { files: { x: hidden } })
        .sums()
        .write(fresh()),
    );
    expect(scratch.list(`layout-${count - 1}-oci-out`)).toEqual(['SHA256SUMS', 'x']);
  });

  test('a comment for all files, as git archive writes it, changes nothing', async () => {
    const archive = rawTar(paxEntry({ comment: 'a'.repeat(40) }, 'g'), { name: 'x', content: 'x' });
    await expectAccepted(
      makeArtifact()
        .tar(archive, { files: { x: 'x' } })
        .sums()
        .write(fresh()),
    );
  });

  test('a pax path is for one entry only', async () => {
    const archive = rawTar(paxEntry({ path: 'one' }), { name: 'a', content: '1' }, { name: 'b', content: '2' });
    await expectAccepted(
      makeArtifact()
        .tar(archive, { files: { one: '1', b: '2' } })
        .sums()
        .write(fresh()),
    );
  });
});

describe('verify() and unpack() refuse a header', () => {
  const x = Buffer.from('x');
  test.each([
    ['with a wrong checksum', { name: 'x', content: x, checksum: 1 }, /checksum/],
    ['with a negative size', { name: 'x', patch: { at: 124, bytes: Buffer.alloc(12, 0xff) } }, /negative/],
    ['with a size of 2^63', { name: 'x', patch: { at: 124, bytes: Buffer.from([0x80, 0, 0, 0, 0x7f]) } }, /too large/],
    ['with a size that is no number', { name: 'x', patch: { at: 124, bytes: Buffer.from('12345abc') } }, /not octal/],
    ['with a size beyond the end', { name: 'x', content: x, size: 0o77777777777 }, /ends in the middle/],
    ['of a folder with content', { name: 'd/', type: '5', content: x }, /the folder "d\/" has content/],
  ])('%s', async (_, entry, message) => {
    await refuse(rawTar({ name: 'good', content: 'good' }, entry), message);
  });

  test('that is cut short', async () => {
    const whole = rawTar({ name: 'good', content: 'good' });
    for (const length of [1, 100, 511, 513, 600, 1023]) await refuse(whole.subarray(0, length), /ends in the middle/);
  });
});

test('unpack() takes only the owner’s x bit from a mode', async () => {
  const archive = rawTar(
    { name: 'setuid', mode: 0o4755, content: 'x' },
    { name: 'sticky', mode: 0o1644, content: 'x' },
    { name: 'open', mode: 0o666, content: 'x' },
    { name: 'hidden', mode: 0, content: 'x' },
    { name: 'for-others', mode: 0o011, content: 'x' },
  );
  const metadata = JSON.stringify({ name: 'raw', mode: 0o6777, uid: 0, gid: 0, size: 1, typeflag: 0 });
  const made = makeArtifact().tar(archive).file('raw', 'x', { metadata }).write(fresh());
  await using attack = await openAttack('oci', made);
  const folder = scratch.at('modes');
  await unpack(attack.store, attack.target, folder);
  const mode = (name: string) => (fs.lstatSync(`${folder}/${name}`).mode & 0o7777).toString(8);
  const names = ['setuid', 'sticky', 'open', 'hidden', 'for-others', 'raw'];
  expect(names.map(mode)).toEqual(['755', '644', '644', '644', '644', '755']);
});

test.each(['Mode', 'MODE', 'Size', 'TypeFlag'])(
  'verify() refuses file metadata whose %s Go reads and JavaScript does not',
  async (key) => {
    const metadata = JSON.stringify({ name: 'raw', mode: 0o644, uid: 0, gid: 0, size: 1, typeflag: 0, [key]: 493 });
    const made = makeArtifact().file('raw', 'x', { metadata }).write(fresh());
    await expectRefused(made, { rule: 'file-metadata', path: 'raw', code: 'MANIFEST_INVALID' });
  },
);

test('the command line says no to a device and leaves nothing', async () => {
  const made = makeArtifact()
    .tar(rawTar({ name: 'null', type: '3' }))
    .write(fresh());
  const result = await runCli(['unpack', `oci:${made.folder}`, scratch.at('place', 'model')], {
    store: scratch.at('store'),
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toContain('"null" is a device; only files and folders are restored');
  expect(scratch.list('place')).toEqual([]);
});
