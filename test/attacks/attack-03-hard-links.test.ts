/** Attack 3: hard links in an archive, to files outside, through other links, by drive-relative names. */
import fs from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { expectRefused } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const good = { name: 'good', content: 'good' };

test.each([
  ['outside', rawTar({ name: 'h', type: '1', link: '/etc/passwd' })],
  ['above', rawTar({ name: 'h', type: '1', link: '../../../etc/passwd' })],
  ['inside', rawTar(good, { name: 'h', type: '1', link: 'good' })],
  [
    'through a symbolic link',
    rawTar({ name: 'a', type: '2', link: '/etc' }, { name: 'h', type: '1', link: 'a/passwd' }),
  ],
  ['relative to a drive', rawTar(good, { name: 'h', type: '1', link: 'C:../secret' })],
  ['with content of its own', rawTar(good, { name: 'h', type: '1', link: 'good', content: 'other' })],
])('verify() and unpack() refuse a tar with a hard link %s', async (where, archive) => {
  const made = makeArtifact()
    .tar(archive)
    .write(scratch.at(where.replaceAll(' ', '-')));
  await expectRefused(made, { rule: 'layer-digest', message: /is a (?:hard|symbolic) link/, code: 'ARCHIVE_UNSAFE' });
});

test('verify() notices that a blob of a layout is a link to another file with the same bytes', async () => {
  const made = makeArtifact().file('model.bin', 'weights').sums().write(scratch.at('linked-blob'));
  const [blob = ''] = made.blobs;
  const file = `${made.folder}/blobs/sha256/${blob.slice(7)}`;
  fs.renameSync(file, scratch.at('elsewhere'));
  fs.symlinkSync(scratch.at('elsewhere'), file);
  await using attack = await openAttack('oci', made);
  const { verdict, findings } = await verify(attack.store, attack.target);
  expect(verdict).toBe('fail');
  expect(findings.map(({ rule }) => rule)).toContain('layer-missing');
});
