/** Attack 1: names that lead out of the folder, in annotations, archives, lists and references. */
import fs from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { sumsOfArtifact, sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { paxEntry, rawTar } from '../_support/raw-tar.ts';
import { expectAccepted, expectRefused, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const hostileNames = [
  '../x',
  '..',
  'a/../../x',
  'a/..//../x',
  'a/..',
  '/abs',
  '//srv/share',
  'C:\\x',
  'C:x',
  'c:/x',
  '\\\\srv\\s',
  'a\\..\\..\\x',
  'a//b',
  './x',
  'a/./b',
  'a/',
  '',
  'a\0b',
  'a\nb',
  'a\rb',
  '\u001b[2Jb',
  'a\u0085b',
  'a\u007fb',
  'a\ufffdb',
  'a\ud800b',
];

let count = 0;
const fresh = () => scratch.at(`layout-${count++}`);

test('verify() and unpack() accept the honest twin of these attacks', async () => {
  const content = 'inside';
  const made = makeArtifact()
    .file('weights/model.bin', 'weights')
    .tar(rawTar({ name: './inside/x', content }), { files: { 'inside/x': content } })
    .sums()
    .write(fresh());
  await expectAccepted(made);
});

test.each(hostileNames)('verify() and unpack() refuse a raw layer whose file is called %j', async (name) => {
  const made = makeArtifact().file('good.bin', 'good').file(name, 'bad').write(fresh());
  await expectRefused(made, { rule: 'path', path: name, code: 'ARCHIVE_UNSAFE' });
});

test.each(['filepath', 'title'])(
  'verify() and unpack() refuse a hostile name that only the %s says',
  async (annotation) => {
    const words = { filepath: undefined, title: undefined, [annotation]: '../x' };
    const made = makeArtifact().file('good.bin', 'good').file('../x', 'bad', words).write(fresh());
    await expectRefused(made, { rule: 'path', path: '../x', code: 'ARCHIVE_UNSAFE' });
  },
);

test('verify() and unpack() refuse a layer whose filepath and title are two files', async () => {
  const made = makeArtifact().file('model.bin', 'model', { title: 'other.bin' }).write(fresh());
  await expectRefused(made, {
    rule: 'path-annotations',
    path: 'model.bin',
    message: /filepath is "model.bin", title is "other.bin"/,
    code: 'ARCHIVE_UNSAFE',
  });
});

test('verify() and unpack() refuse a raw layer without a file name', async () => {
  for (const words of [
    { filepath: undefined, title: undefined },
    { filepath: '.', title: '.' },
  ]) {
    const made = makeArtifact().file('x', 'nameless', words).write(fresh());
    await expectRefused(made, { rule: 'path', message: /states no file name/, code: 'ARCHIVE_UNSAFE' });
  }
});

test.each(
  // A header ends a name at NUL and cannot hold a lone surrogate; an empty one is tried below.
  hostileNames.filter((name) => name !== '' && name !== './x' && !/[\0\ud800]/.test(name)),
)('verify() and unpack() refuse a tar entry called %j', async (name) => {
  const made = makeArtifact()
    .tar(rawTar({ name: 'good', content: 'good' }, { name, content: 'bad' }))
    .write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message: /Cannot use the name/, code: 'ARCHIVE_UNSAFE' });
});

test.each(['tar', 'gzip', 'zstd'] as const)('verify() and unpack() refuse ../x in a layer of form %s', async (form) => {
  const archive = rawTar({ name: 'good', content: 'good' }, { name: '../x', content: 'bad' });
  const made = makeArtifact()
    .tar(archive, form === 'tar' ? {} : { compression: form })
    .write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message: /"\.\.\/x"/, code: 'ARCHIVE_UNSAFE' });
});

test.each(['../x', 'a\0b', '/abs', 'a\nb'])(
  'verify() and unpack() refuse the name %j from a pax header',
  async (path) => {
    const made = makeArtifact()
      .tar(rawTar(paxEntry({ path }), { name: 'harmless', content: 'bad' }))
      .write(fresh());
    await expectRefused(made, { rule: 'layer-digest', message: /Cannot use the name/, code: 'ARCHIVE_UNSAFE' });
  },
);

test('verify() and unpack() refuse a folder entry that leads out, which would restore nothing', async () => {
  const made = makeArtifact()
    .tar(rawTar({ name: '../', type: '5' }, { name: 'good' }))
    .write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message: /Cannot use the name/, code: 'ARCHIVE_UNSAFE' });
});

test('verify() and unpack() refuse a name that is not UTF-8 in a tar', async () => {
  const made = makeArtifact()
    .tar(rawTar({ name: Buffer.from([0x61, 0xff, 0x62]) }))
    .write(fresh());
  await expectRefused(made, { rule: 'layer-digest', message: /not valid UTF-8/, code: 'ARCHIVE_UNSAFE' });
});

test('verify() and unpack() keep a byte order mark that a name begins with, so that two names stay two', async () => {
  const made = makeArtifact()
    .tar(rawTar({ name: '\ufeffa', content: 'one' }, { name: 'a', content: 'two' }), {
      files: { '\ufeffa': 'one', a: 'two' },
    })
    .sums()
    .write(fresh());
  await expectAccepted(made);
});

test('verify() and unpack() refuse a SHA256SUMS that lists ../x', async () => {
  const hex = 'a'.repeat(64);
  const made = makeArtifact().file('model.bin', 'model').sums(`${hex}  ../x\n`).write(fresh());
  await expectRefused(made, { rule: 'sums', path: 'SHA256SUMS', message: /"\.\.\/x"/, code: 'MANIFEST_INVALID' });
});

test('verifyFolder() refuses a SHA256SUMS that lists ../x, whoever wrote it', async () => {
  const folder = scratch.at('folder');
  fs.mkdirSync(folder);
  fs.writeFileSync(scratch.at('x'), 'outside');
  fs.writeFileSync(`${folder}/SHA256SUMS`, `${'a'.repeat(64)}  ../x\n`);
  const own = await failureOf(verifyFolder(folder, sumsOfFolder(folder)));
  expect(own.code).toBe('MANIFEST_INVALID');

  const made = makeArtifact()
    .file('model.bin', 'model')
    .sums(`${'a'.repeat(64)}  ../x\n`)
    .write(fresh());
  await using attack = await openAttack('oci', made);
  const theirs = await failureOf(verifyFolder(folder, await sumsOfArtifact(attack.store, attack.target)));
  expect(theirs.code).toBe('MANIFEST_INVALID');
});

test('the command line says no with exit 1 and leaves nothing beside the destination', async () => {
  const made = makeArtifact().file('../x', 'bad').write(scratch.at('cli', 'layout'));
  const options = { store: scratch.at('store') };
  const verified = await runCli(['verify', `oci:${made.folder}`], options);
  expect(verified.status).toBe(1);
  expect(verified.stdout).toMatch(/^fail/);
  const unpacked = await runCli(['unpack', `oci:${made.folder}`, scratch.at('cli', 'out', 'model')], options);
  expect(unpacked.status).toBe(1);
  expect(unpacked.stderr).toContain('"../x"');
  expect(scratch.list('cli').filter((name) => !name.startsWith('layout'))).toEqual([]);
});

test('the command line shows control characters of a hostile name as text', async () => {
  const made = makeArtifact().file('\u001b[2J\u202egnp.bin', 'bad').write(fresh());
  const { stdout, stderr, status } = await runCli(['verify', `oci:${made.folder}`], { store: scratch.at('store') });
  expect(status).toBe(1);
  for (const sign of ['\u001b', '\u202e']) expect(stdout + stderr).not.toContain(sign);
  expect(stdout).toContain('\\u001b[2J\\u202egnp.bin');
});
