/** Attack 2: a symbolic link in an archive, and a file that is to be written through it. */
import fs from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { errorCodes } from '../../src/base/errors.ts';
import { readSource } from '../../src/model/source/read.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { paxEntry, rawTar } from '../_support/raw-tar.ts';
import { expectRefused, thrownBy } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeFolder, makePipe } from '../_support/source.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const link = { name: 'l', type: '2', link: '/etc' };

test.each([
  ['a link and a file through it', rawTar(link, { name: 'l/passwd', content: 'root::0:0' })],
  ['a file through a link that comes later', rawTar({ name: 'l/passwd', content: 'root::0:0' }, link)],
  ['a link alone', rawTar({ name: 'good', content: 'good' }, { name: 'm', type: '2', link: 'good' })],
  ['a link to itself', rawTar({ name: 'm', type: '2', link: 'm' })],
  ['a link that a pax header makes', rawTar(paxEntry({ linkpath: '/etc/passwd' }), { name: 'm', content: 'x' })],
  [
    'a link with a long target in GNU form',
    rawTar({ name: '././@LongLink', type: 'K', content: '/etc/passwd\0' }, link),
  ],
])('verify() and unpack() refuse a tar with %s', async (what, archive) => {
  const made = makeArtifact()
    .tar(archive)
    .write(scratch.at(what.replaceAll(' ', '-')));
  await expectRefused(made, { rule: 'layer-digest', message: /link/, code: 'ARCHIVE_UNSAFE' });
});

test('the command line says no to a tar with a link, and nothing is written through it', async () => {
  const outside = scratch.at('outside');
  fs.mkdirSync(outside);
  const archive = rawTar({ name: 'l', type: '2', link: outside }, { name: 'l/planted', content: 'x' });
  const made = makeArtifact().tar(archive).write(scratch.at('cli'));
  const options = { store: scratch.at('store') };
  const { status, stderr } = await runCli(['unpack', `oci:${made.folder}`, scratch.at('place', 'model')], options);
  expect(status).toBe(1);
  expect(stderr).toContain('"l" is a symbolic link');
  expect(fs.readdirSync(outside)).toEqual([]);
  expect(scratch.list('place')).toEqual([]);
});

test.each([
  ['leaves the folder', '../outside-file', /leaves the folder/],
  ['leaves it by an absolute path', '/etc/hostname', /leaves the folder/],
  ['leads nowhere', 'nothing', /leads nowhere/],
  ['leads to itself', 'weights/link.bin', /leads nowhere/],
  ['leads to its own folder', 'weights', /a folder that it lies in/],
  ['leads to the folder itself', '.', /a folder that it lies in/],
])('readSource() refuses to pack a link that %s', (what, target, message) => {
  const folder = scratch.at(`source-${what.replaceAll(' ', '-')}`);
  fs.writeFileSync(scratch.at('outside-file'), 'outside');
  makeFolder(folder, { 'weights/good.bin': 'good' });
  fs.symlinkSync(target.startsWith('/') ? target : `${folder}/${target}`, `${folder}/weights/link.bin`);
  const error = thrownBy(() => readSource(folder));
  expect(error.code).toBe('PATH_INVALID');
  expect(error.message).toMatch(message);
  expect(error.message).toContain('weights/link.bin');
  expect(errorCodes[error.code].exit).toBe(2);
});

test('readSource() refuses a link to a pipe, and a chain of links that ends outside', () => {
  const folder = scratch.at('source-chain');
  makeFolder(folder, { 'weights/good.bin': 'good' });
  makePipe(`${folder}/pipe`);
  fs.symlinkSync('../pipe', `${folder}/weights/to-pipe`);
  expect(thrownBy(() => readSource(folder)).message).toMatch(/to-pipe.*it is a pipe/);
  fs.rmSync(`${folder}/weights/to-pipe`);
  fs.symlinkSync('/etc', `${folder}/hop`);
  fs.symlinkSync('../hop/hostname', `${folder}/weights/chain`);
  expect(thrownBy(() => readSource(folder)).message).toMatch(/chain.*leaves the folder/);
});

test('readSource() ends soon on links that multiply folders without end', () => {
  const folder = scratch.at('source-doubling');
  makeFolder(folder, { 'weights/good.bin': 'good' });
  // 2^40 paths, no file at the end of any of them.
  for (let level = 0; level < 40; level++) {
    fs.mkdirSync(`${folder}/d${level}`);
    for (const name of ['x', 'y']) fs.symlinkSync(`../d${level + 1}`, `${folder}/d${level}/${name}`);
  }
  fs.mkdirSync(`${folder}/d40`);
  expect(thrownBy(() => readSource(folder)).code).toBe('LIMIT_EXCEEDED');
});
