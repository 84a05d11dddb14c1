/** Attack 2, for signed folders: links that stand for signed files, or for folders of them. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { signFolder } from '../../src/model/signing/sign-folder.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeSigned, resign, verdictOn } from '../_support/signed-folders.ts';
import { signerNamed } from '../_support/signers.ts';
import { makePipe } from '../_support/source.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
let count = 0;
const fresh = () => makeSigned(scratch.at(`model-${count++}`), alice);

test('a folder is believed as it was signed', async () => {
  expect(await verdictOn(await fresh(), alice)).toEqual(['pass']);
});

describe('verifySignedFolder() refuses', () => {
  test('a link in the place of a file, although the bytes are the same', async () => {
    const folder = await fresh();
    fs.renameSync(`${folder}/README.md`, scratch.at(`moved-${count}`));
    fs.symlinkSync(scratch.at(`moved-${count}`), `${folder}/README.md`);
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-kind README.md']);
  });

  test('a link in the place of a folder, although its files are the same', async () => {
    const folder = await fresh();
    fs.renameSync(`${folder}/weights`, scratch.at(`weights-${count}`));
    fs.symlinkSync(scratch.at(`weights-${count}`), `${folder}/weights`);
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-kind weights', 'file-missing weights/model.bin']);
  });

  test('links that the signer says he followed', async () => {
    const folder = await fresh();
    await resign(folder, alice, ({ predicate }) => {
      predicate.serialization['allow_symlinks'] = true;
    });
    expect(await verdictOn(folder, alice)).toEqual(['pass']);
    fs.renameSync(`${folder}/README.md`, scratch.at(`moved-${count}`));
    fs.symlinkSync(scratch.at(`moved-${count}`), `${folder}/README.md`);
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-kind README.md']);
  });

  test('links beside the files: out of the folder, in circles, to nothing, and under the name of the signature', async () => {
    const folder = await fresh();
    fs.symlinkSync('/etc', `${folder}/out`);
    fs.symlinkSync('.', `${folder}/again`);
    fs.symlinkSync('nothing', `${folder}/nothing`);
    fs.renameSync(`${folder}/model.sig`, `${folder}.sig`);
    fs.symlinkSync(`${folder}.sig`, `${folder}/model.sig`);
    expect(await verdictOn(folder, alice, `../${folder.split('/').at(-1)}.sig`)).toEqual([
      'fail',
      'file-kind again',
      'file-kind model.sig',
      'file-kind nothing',
      'file-kind out',
    ]);
  });

  test('pipes and sockets, and waits for none', async () => {
    const folder = await fresh();
    makePipe(`${folder}/pipe`);
    fs.rmSync(`${folder}/README.md`);
    makePipe(`${folder}/README.md`);
    expect(await verdictOn(folder, alice)).toEqual(['fail', 'file-kind README.md', 'file-kind pipe']);
  });
});

describe('signFolder() signs no link', () => {
  const links: readonly (readonly [string, string])[] = [
    ['to a file in the folder', 'README.md'],
    ['out of the folder', '/etc/passwd'],
    ['to a folder', 'weights'],
    ['to nothing', 'nothing'],
  ];
  test.each(links)('%s', async (_, target) => {
    const folder = await fresh();
    fs.rmSync(`${folder}/model.sig`);
    fs.symlinkSync(target, `${folder}/link`);
    expect((await failureOf(signFolder(folder, alice))).code).toBe('PATH_INVALID');
    expect(fs.existsSync(`${folder}/model.sig`)).toBe(false);
  });
});
