/** `waybill hub fsck` as a user runs it. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Registry } from '../../src/hub/registry/registry.ts';
import { type CliResult, runCli } from '../_support/cli.ts';
import { startTestHub } from '../_support/hub.ts';
import { type Image, imageIn } from '../_support/hub-content.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { treeOf } from '../_support/tree.ts';

let scratch: Scratch;
let folder: string;
let image: Image;
let file: string;
beforeEach(async () => {
  scratch = makeScratch();
  folder = scratch.at('hub');
  await using storage = await openTestStorage(folder);
  image = await imageIn(new Registry(storage), 'acme/x', Buffer.from('weights'), { tags: ['1.0'] });
  file = storage.blobs.pathOf(image.layer);
});
afterEach(() => scratch[Symbol.dispose]());

const fsck = (data = folder, ...more: string[]): Promise<CliResult> =>
  runCli(['hub', 'fsck', '--data', data, ...more], { store: scratch.at('store') });

test('a hub that is whole passes with 0, and nothing is changed', async () => {
  const before = treeOf(folder);
  const { status, stdout } = await fsck();
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^pass {2}3 blobs, \d+ B read, 1 manifest, 1 tag\n$/)]);
  expect(treeOf(folder)).toEqual(before);
});

test('a hub that is damaged fails with 1, and says where', async () => {
  fs.writeFileSync(file, 'WEIGHTS');
  const shown = await fsck();
  expect([shown.status, shown.stdout]).toEqual([1, expect.stringContaining(`error   ${image.layer}`)]);
  expect(shown.stdout).toContain('[hub-blob-digest]');
  const { status, stdout } = await fsck(folder, '--json');
  expect([status, JSON.parse(stdout)]).toMatchObject([
    1,
    { action: 'fsck', verdict: 'fail', blobs: 3, manifests: 1, tags: 1, findings: [{ rule: 'hub-blob-digest' }] },
  ]);
});

test('a hub that runs must be stopped first, or a copy of its folder be checked', async () => {
  await using _ = await startTestHub(folder);
  const { status, stderr } = await fsck();
  expect([status, stderr]).toEqual([2, expect.stringContaining('another Waybill process')]);
  const copy = scratch.at('snapshot');
  fs.cpSync(folder, copy, { recursive: true });
  const checked = await fsck(copy);
  expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('pass')]);
});

test('a folder in which no hub has been is not one that passes, and is not made', async () => {
  const { status, stderr } = await fsck(scratch.at('typo'));
  expect([status, stderr]).toEqual([2, expect.stringContaining('no hub keeps anything there')]);
  expect(fs.existsSync(scratch.at('typo'))).toBe(false);
});

test('a database that is none is a failure with a way out', async () => {
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('hub.sqlite')))
    fs.rmSync(`${folder}/${name}`);
  fs.writeFileSync(`${folder}/hub.sqlite`, 'not a database at all, and long enough to be looked at'.repeat(100));
  const { status, stderr } = await fsck();
  expect([status, stderr]).toEqual([2, expect.stringContaining('waybill hub reindex')]);
});
