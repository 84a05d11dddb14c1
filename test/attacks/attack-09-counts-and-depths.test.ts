/** Attack 9: entries without end, names without end, folders without end. */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_TAR_ENTRIES } from '../../src/base/tar/read.ts';
import { readSource } from '../../src/model/source/read.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { paxEntry, rawEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused, expectRefusedIn, thrownBy } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeFolder } from '../_support/source.ts';
import { archiveOf, openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

/** A million entries, compressed piece by piece: some 5 MB for 512 MB of headers. */
function million(entry: Buffer): Buffer {
  const part = zlib.gzipSync(Buffer.concat(Array.from({ length: 10_000 }, () => entry)), { level: 1 });
  return Buffer.concat(Array.from({ length: 100 }, () => part));
}

describe('verify() and unpack() stop long before the end of a million', () => {
  test.each([
    ['empty folders', rawEntry({ name: 'folder/', type: '5' })],
    ['empty files', rawEntry({ name: 'file' })],
  ])('%s', async (what, entry) => {
    const made = makeArtifact()
      .tar(Buffer.alloc(0), { compression: 'gzip', bytes: million(entry) })
      .write(fresh());
    await using attack = await openAttack('oci', made);
    // unpack() meets a second file of one name long before the limit.
    const code = what === 'empty files' ? 'ARCHIVE_UNSAFE' : 'LIMIT_EXCEEDED';
    await expectRefusedIn(
      attack,
      { rule: 'layer-digest', message: /more than 250000 entries/, code },
      scratch.at(what),
    );
  });

  test('extended headers, which are entries that hold no file', async () => {
    const made = makeArtifact()
      .tar(Buffer.alloc(0), { compression: 'gzip', bytes: million(paxEntry({ comment: 'again' })) })
      .write(fresh());
    const message = /more than 8 extended headers stand before one entry/;
    await expectRefused(made, { rule: 'layer-digest', message, code: 'ARCHIVE_UNSAFE' });
  });
});

const part = 'p'.repeat(255);

const tooLong: readonly (readonly [string, string, RegExp])[] = [
  ['a part of 256 bytes', 'p'.repeat(256), /a part is longer than 255 bytes/],
  ['a part of 128 letters of two bytes', 'é'.repeat(128), /a part is longer than 255 bytes/],
  ['more than 1024 bytes', `${part}/${part}/${part}/${part}/x`, /longer than 1024 bytes/],
  ['a megabyte', `${'a/'.repeat(10_000)}x`, /longer than 1024 bytes/],
  ['65 parts', `${'d/'.repeat(64)}x`, /deeper than 64 folders/],
];

describe.each(tooLong)('a name of %s', (_, name, message) => {
  test('is refused by verify() and unpack() in a raw layer', async () => {
    const made = makeArtifact().file(name, 'x').write(fresh());
    await expectRefused(made, { rule: 'path', message, code: 'ARCHIVE_UNSAFE' });
  });

  test('is refused by verify() and unpack() in a tar', async () => {
    const made = makeArtifact()
      .tar(rawTar(paxEntry({ path: name }), { name: 'short' }))
      .write(fresh());
    await expectRefused(made, { rule: 'layer-digest', message, code: 'ARCHIVE_UNSAFE' });
  });
});

test('names at the limits are packed, verified and restored', async () => {
  const names = ['o'.repeat(255), 'é'.repeat(127), `${'d/'.repeat(63)}x`, `${part}/${part}/${part}/${'q'.repeat(255)}`];
  const made = makeArtifact();
  for (const name of names) made.file(name, 'x');
  const archive = rawTar(
    ...names.flatMap((name) => [paxEntry({ path: `t${name.slice(1)}` }), { name: 's', content: 'x' }]),
  );
  made.tar(archive, { files: Object.fromEntries(names.map((name) => [`t${name.slice(1)}`, 'x'])) });
  await expectAccepted(made.sums().write(fresh()));
});

test('readSource() refuses a folder that is deeper than a package may be, and one whose paths no system call takes', () => {
  const deep = makeFolder(fresh(), { 'weights/good': 'good', [`weights/${'d/'.repeat(64)}x`]: 'x' });
  expect(thrownBy(() => readSource(deep)).code).toBe('PATH_INVALID');

  const endless = makeFolder(fresh(), { 'weights/good': 'good' });
  const home = process.cwd();
  process.chdir(`${endless}/weights`);
  try {
    for (let level = 0; level < 20; level++) {
      fs.mkdirSync('n'.repeat(250));
      process.chdir('n'.repeat(250));
    }
  } finally {
    process.chdir(home);
  }
  const error = thrownBy(() => readSource(endless));
  expect(error.code).toBe('FILE_UNREADABLE');
  expect(error.message).toMatch(/too long/);
  removeDeep(`${endless}/weights`);
});

/** What lies deeper than a path can say is removed level by level. */
function removeDeep(folder: string): void {
  const name = 'n'.repeat(250);
  while (fs.existsSync(path.join(folder, name))) {
    const inner = path.join(folder, name, name);
    if (fs.existsSync(inner)) fs.renameSync(inner, path.join(folder, 'next'));
    fs.rmSync(path.join(folder, name), { recursive: true });
    if (fs.existsSync(path.join(folder, 'next'))) fs.renameSync(path.join(folder, 'next'), path.join(folder, name));
  }
}

test('an archive with a million entries is refused when it is opened', async () => {
  const made = makeArtifact().file('a', 'a').write(fresh());
  const file = archiveOf(made.folder);
  const attacks = [
    [rawEntry({ name: 'folder/', type: '5' }), 'more than 250000 entries'],
    [paxEntry({ comment: 'again' }), 'more than 8 extended headers'],
  ] as const;
  for (const [entry, found] of attacks) {
    const piece = Buffer.concat(Array.from({ length: 10_000 }, () => entry));
    fs.writeFileSync(`${file}.bomb`, '');
    for (let at = 0; at <= MAX_TAR_ENTRIES; at += 10_000) fs.appendFileSync(`${file}.bomb`, piece);
    const { status, stderr } = await runCli(['verify', `oci-archive:${file}.bomb`], { store: scratch.at('store') });
    expect(stderr).toContain(found);
    expect(status).toBe(1);
  }
});
