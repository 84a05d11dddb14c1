/** Attack 7: what lies at the destination, beside it, or is put there while files are restored. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Progress } from '../../src/base/progress.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { blobFile, makeArtifact } from '../_support/artifact-maker.ts';
import { runCli } from '../_support/cli.ts';
import { expectRefused, failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makePipe } from '../_support/source.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const made = makeArtifact()
  .file('weights/model.bin', 'weights')
  .file('README.md', '# hi')
  .sums()
  .write(scratch.at('layout'));
const files = ['README.md', 'SHA256SUMS', 'weights', 'weights/model.bin'];

let count = 0;
function freshPlace(): string {
  const place = scratch.at(`place-${count++}`);
  fs.mkdirSync(place);
  return place;
}

async function unpackTo(folder: string, options: Parameters<typeof unpack>[3] = {}): Promise<void> {
  await using attack = await openAttack('oci', made);
  await unpack(attack.store, attack.target, folder, options);
}

const list = (folder: string) => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('unpack() refuses a destination that is', () => {
  const kinds: readonly (readonly [string, (file: string) => void, RegExp])[] = [
    ['a file', (file) => fs.writeFileSync(file, 'mine'), /it is a file/],
    ['a link to a folder', (file) => fs.symlinkSync(scratch.folder, file), /it is a symbolic link/],
    ['a link to an empty folder', (file) => fs.symlinkSync(freshPlace(), file), /it is a symbolic link/],
    ['a link to nothing', (file) => fs.symlinkSync('nothing', file), /it is a symbolic link/],
    ['a pipe', (file) => makePipe(file), /it is a file/],
    [
      'a folder with something in it',
      (file) => {
        fs.mkdirSync(file);
        fs.writeFileSync(`${file}/mine`, 'mine');
      },
      /it is not empty/,
    ],
  ];
  test.each(kinds)('%s, and leaves it as it was', async (_, make, message) => {
    const place = freshPlace();
    make(`${place}/model`);
    const before = [list(place), fs.lstatSync(`${place}/model`).ino];
    const error = await failureOf(unpackTo(`${place}/model`));
    expect(error.code).toBe('DESTINATION_EXISTS');
    expect(error.message).toMatch(message);
    expect([list(place), fs.lstatSync(`${place}/model`).ino]).toEqual(before);
  });
});

describe('unpack() refuses what lies beside the destination under the name that it uses itself:', () => {
  const kinds: readonly (readonly [string, (file: string, treasure: string) => void])[] = [
    ['a link to a folder', (file, treasure) => fs.symlinkSync(treasure, file)],
    ['a link to nothing', (file) => fs.symlinkSync('nothing', file)],
    ['a file', (file) => fs.writeFileSync(file, 'mine')],
    ['a pipe', (file) => makePipe(file)],
  ];
  test.each(kinds)('%s, and nothing in it goes', async (_, make) => {
    const [place, treasure] = [freshPlace(), freshPlace()];
    fs.writeFileSync(`${treasure}/precious`, 'precious');
    make(`${place}/.model.waybill`, treasure);
    const error = await failureOf(unpackTo(`${place}/model`));
    expect(error.message).toContain('.model.waybill');
    expect(list(treasure)).toEqual(['precious']);
    expect(fs.readdirSync(place)).toEqual(['.model.waybill']);
  });

  test('a lock that is a link to a file', async () => {
    const [place, treasure] = [freshPlace(), freshPlace()];
    fs.writeFileSync(`${treasure}/precious`, 'precious');
    fs.mkdirSync(`${place}/.model.waybill`, { mode: 0o700 });
    fs.symlinkSync(`${treasure}/precious`, `${place}/.model.waybill/lock`);
    await failureOf(unpackTo(`${place}/model`));
    expect(fs.readFileSync(`${treasure}/precious`, 'utf8')).toBe('precious');
    expect(fs.existsSync(`${place}/model`)).toBe(false);
  });
});

/** Does something once, when the first bytes are restored. */
function during(act: () => void): Progress {
  let isDone = false;
  const once = () => {
    if (!isDone) act();
    isDone = true;
  };
  return { begin: once, advance: once, enter() {}, leave() {}, end() {} };
}

/** Whether it is a file, a folder or a link, and what is in it. */
function kindOf(file: string): readonly unknown[] {
  const stats = fs.lstatSync(file);
  return [stats.mode, stats.isDirectory() ? list(file) : stats.isFile() ? fs.readFileSync(file, 'utf8') : ''];
}

describe('unpack() does not replace what is put at the destination while it works:', () => {
  const kinds: readonly (readonly [string, (file: string) => void])[] = [
    [
      'a folder with something in it',
      (file) => {
        fs.mkdirSync(file);
        fs.writeFileSync(`${file}/mine`, 'mine');
      },
    ],
    ['a file', (file) => fs.writeFileSync(file, 'mine')],
    ['a link to a folder', (file) => fs.symlinkSync(scratch.folder, file)],
  ];
  test.each(kinds)('%s', async (_, make) => {
    const [place, twin] = [freshPlace(), `${freshPlace()}/model`];
    make(twin);
    const error = await failureOf(unpackTo(`${place}/model`, { progress: during(() => make(`${place}/model`)) }));
    expect(error.code).toBe('DESTINATION_EXISTS');
    expect(fs.readdirSync(place)).toEqual(['model']);
    expect(kindOf(`${place}/model`)).toEqual(kindOf(twin));
  });

  test('and takes an empty folder that is put there as it is', async () => {
    const place = freshPlace();
    await unpackTo(`${place}/model`, { progress: during(() => fs.mkdirSync(`${place}/model`)) });
    expect(list(`${place}/model`)).toEqual(files);
    expect(fs.readdirSync(place)).toEqual(['model']);
  });
});

test('unpack() with overwrite replaces a link at the destination never, a folder as a whole', async () => {
  const place = freshPlace();
  const elsewhere = freshPlace();
  fs.writeFileSync(`${elsewhere}/precious`, 'precious');
  fs.symlinkSync(elsewhere, `${place}/model`);
  expect((await failureOf(unpackTo(`${place}/model`, { overwrite: true }))).code).toBe('DESTINATION_EXISTS');
  fs.rmSync(`${place}/model`);
  fs.mkdirSync(`${place}/model`);
  fs.symlinkSync(elsewhere, `${place}/model/weights`);
  await unpackTo(`${place}/model`, { overwrite: true });
  expect(list(`${place}/model`)).toEqual(files);
  expect(fs.lstatSync(`${place}/model/weights`).isDirectory()).toBe(true);
  expect(list(elsewhere)).toEqual(['precious']);
});

test('unpack() that fails leaves no folder that it made on the way to the destination', async () => {
  const damaged = makeArtifact().file('model.bin', 'weights').sums().write(scratch.at('damaged'));
  const [weights = ''] = damaged.blobs;
  fs.writeFileSync(blobFile(damaged.folder, weights), 'WEIGHTS');
  const place = freshPlace();
  await using attack = await openAttack('oci', damaged);
  const error = await failureOf(unpack(attack.store, attack.target, `${place}/a/b/c/model`));
  expect(error.code).toBe('DIGEST_INVALID');
  expect(list(place)).toEqual([]);
  await unpackTo(`${place}/a/b/c/model`);
  expect(list(`${place}/a/b/c`)).toEqual(['model', ...files.map((name) => path.join('model', name))]);
});

test('unpack() into a folder inside a file says what is so', async () => {
  const place = freshPlace();
  fs.writeFileSync(`${place}/file`, 'mine');
  const error = await failureOf(unpackTo(`${place}/file/model`));
  expect(error.code).toBe('FILE_UNREADABLE');
  expect(list(place)).toEqual(['file']);
});

test.each([
  ['a pipe', (file: string) => makePipe(file)],
  ['a link to a device without end', (file: string) => fs.symlinkSync('/dev/zero', file)],
  ['a folder', (file: string) => fs.mkdirSync(file)],
])('verifyFolder() does not wait for a SHA256SUMS that is %s', async (_, make) => {
  const folder = freshPlace();
  make(`${folder}/SHA256SUMS`);
  expect((await failureOf((async () => verifyFolder(folder, sumsOfFolder(folder)))())).code).toBe('FILE_UNREADABLE');
});

test('the command line refuses a destination with exit 2 and names it', async () => {
  const place = freshPlace();
  fs.symlinkSync(scratch.folder, `${place}/model`);
  const { status, stderr } = await runCli(['unpack', `oci:${made.folder}`, `${place}/model`], {
    store: scratch.at('store'),
  });
  expect(status).toBe(2);
  expect(stderr).toContain(`${place}/model: it is a symbolic link`);
});

test('a package that is refused leaves nothing in any kind of store', async () => {
  const attack = makeArtifact()
    .file('model.bin', 'weights')
    .sums(`${'0'.repeat(64)}  model.bin\n`);
  const refusal = { rule: 'file-changed', path: 'model.bin', code: 'DIGEST_INVALID' } as const;
  await expectRefused(attack.write(scratch.at('lying')), refusal);
});
