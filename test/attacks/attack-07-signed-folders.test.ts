/** Attack 7, for signed folders: what is put in the place of a signature or a file, before or while it is read. */
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/base/errors.ts';
import type { Progress } from '../../src/base/progress.ts';
import { signFolder } from '../../src/model/signing/sign-folder.ts';
import { verifySignedFolder } from '../../src/model/signing/verify-signed-folder.ts';
import { key } from '../_registry/certificate.ts';
import { runCli } from '../_support/cli.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeSigned, verdictOn } from '../_support/signed-folders.ts';
import { signerNamed } from '../_support/signers.ts';
import { makeFolder, makePipe, packInto } from '../_support/source.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());
const alice = signerNamed('alice');
let count = 0;
const fresh = () => makeSigned(scratch.at(`model-${count++}`), alice);

/** Does something once, when the folder has been looked at and before its files are read. */
function whenFound(act: () => void): Progress {
  return { begin: act, advance() {}, enter() {}, leave() {}, end() {} };
}

/** What is put in the place of a file that was moved away. */
const swaps: readonly (readonly [string, (file: string, moved: string) => void])[] = [
  ['a link to the same bytes', (file, moved) => fs.symlinkSync(moved, file)],
  ['a link to another file', (file) => fs.symlinkSync('/etc/passwd', file)],
  ['a pipe', (file) => makePipe(file)],
  ['a folder', (file) => fs.mkdirSync(file)],
  ['nothing', () => {}],
  ['another file with the same bytes', (file, moved) => fs.copyFileSync(moved, file)],
  ['another file with other bytes', (file) => fs.writeFileSync(file, '# ho')],
];

describe('a file that is replaced once the folder has been looked at, by', () => {
  test.each(swaps)('%s, is neither signed nor verified', async (_, swap) => {
    for (const verb of ['sign', 'verify'] as const) {
      const folder = await fresh();
      const before = fs.readFileSync(`${folder}/model.sig`);
      const progress = whenFound(() => {
        fs.renameSync(`${folder}/README.md`, `${folder}-moved`);
        swap(`${folder}/README.md`, `${folder}-moved`);
      });
      const work =
        verb === 'sign'
          ? signFolder(folder, alice, { progress })
          : verifySignedFolder(folder, `${folder}/model.sig`, () => alice.publicKey, { progress });
      const { code } = await failureOf(work);
      expect(['FILE_CHANGED', 'FILE_UNREADABLE']).toContain(code);
      expect(errorCodes[code].exit).toBe(2);
      expect(fs.readFileSync(`${folder}/model.sig`)).toEqual(before);
    }
  });
});

describe('signFolder() writes through nothing that lies where the signature goes:', () => {
  test('a link to a file of the user stays, and the file too', async () => {
    const folder = await fresh();
    fs.writeFileSync(scratch.at('precious'), 'precious');
    fs.rmSync(`${folder}/model.sig`);
    fs.symlinkSync(scratch.at('precious'), `${folder}/model.sig`);
    expect((await failureOf(signFolder(folder, alice))).code).toBe('DESTINATION_EXISTS');
    expect(fs.readFileSync(scratch.at('precious'), 'utf8')).toBe('precious');
    expect(fs.lstatSync(`${folder}/model.sig`).isSymbolicLink()).toBe(true);
  });

  test('a link to a signature of the same key is replaced, not what it leads to', async () => {
    const folder = await fresh();
    fs.renameSync(`${folder}/model.sig`, scratch.at('elsewhere.sig'));
    fs.symlinkSync(scratch.at('elsewhere.sig'), `${folder}/model.sig`);
    const before = fs.readFileSync(scratch.at('elsewhere.sig'));
    fs.writeFileSync(`${folder}/README.md`, '# new');
    await signFolder(folder, alice);
    expect(fs.readFileSync(scratch.at('elsewhere.sig'))).toEqual(before);
    expect(fs.lstatSync(`${folder}/model.sig`).isFile()).toBe(true);
    expect(await verdictOn(folder, alice)).toEqual(['pass']);
  });

  test.each([
    ['a pipe', (file: string) => makePipe(file)],
    ['a folder', (file: string) => fs.mkdirSync(file)],
    ['a link to nothing', (file: string) => fs.symlinkSync('nothing', file)],
  ])('%s is refused, and not waited for', async (_, make) => {
    const folder = await fresh();
    fs.rmSync(`${folder}/model.sig`);
    make(`${folder}/model.sig`);
    const { code } = await failureOf(signFolder(folder, alice));
    expect(['DESTINATION_EXISTS', 'FILE_UNREADABLE']).toContain(code);
  });
});

test('verifySignedFolder() waits for no pipe in the place of the signature', async () => {
  const folder = await fresh();
  fs.rmSync(`${folder}/model.sig`);
  makePipe(`${folder}/model.sig`);
  const work = verifySignedFolder(folder, `${folder}/model.sig`, () => alice.publicKey);
  expect((await failureOf(work)).code).toBe('FILE_UNREADABLE');
});

test('unpack --with-signature lays a signature over no file of the package, and leaves nothing', async () => {
  const source = makeFolder(scratch.at('source'), { 'weights/model.bin': 'w', 'model.sig': 'theirs' });
  fs.writeFileSync(
    `${source}/waybill.yaml`,
    'waybill: 1\nname: acme/model\nversion: 1.0.0\ncomponents:\n  weights: ["weights/**"]\n  docs: [model.sig]\n',
  );
  const store = scratch.at('store');
  await packInto(store, source);
  fs.writeFileSync(scratch.at('key.pem'), key, { mode: 0o600 });
  const signed = await runCli(['sign', 'acme/model:1.0.0', '--key', scratch.at('key.pem')], { store });
  expect(signed.status, signed.stderr).toBe(0);
  fs.mkdirSync(scratch.at('place'));
  const words = ['unpack', 'acme/model:1.0.0', scratch.at('place', 'model'), '--with-signature', '--json'];
  const { status, stdout } = await runCli(words, { store });
  expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'DESTINATION_EXISTS']);
  expect(scratch.list('place')).toEqual([]);
});
