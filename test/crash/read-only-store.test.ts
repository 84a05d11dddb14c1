/**
 * A store that cannot be written: for root a read-only mount, for others a folder without the right to
 * write. All that only reads works from it; what writes says why it cannot.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../_support/cli.ts';
import { type Mount, mountReadOnly } from '../_support/mounts.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';
import { treeOf } from '../_support/tree.ts';

const NAME = 'acme/model:1.0.0';
const OLD = 'acme/model:0.9.0';

let scratch: Scratch;
let model: string;
let mount: Mount | undefined;
let store: string;
/** The same store without what Waybill keeps in it for itself, as other tools write one. */
let foreign: string;

beforeAll(async () => {
  scratch = makeScratch();
  model = makeFolder(scratch.at('model'), { 'weights/a.bin': Buffer.alloc(100_000, 'a') });
  const writable = scratch.at('stores', 'own');
  await packInto(writable, makeFolder(scratch.at('old'), { 'weights/a.bin': 'old' }), OLD);
  // Under the same name: its content is what prune would free.
  await packInto(writable, makeFolder(scratch.at('lost'), { 'weights/a.bin': 'lost' }), NAME);
  await packInto(writable, model, NAME);
  const other = scratch.at('stores', 'foreign');
  fs.cpSync(writable, other, { recursive: true });
  fs.rmSync(path.join(other, '.waybill'), { recursive: true });
  const place = lockAway(scratch.at('stores'));
  store = path.join(place, 'own');
  foreign = path.join(place, 'foreign');
});
afterAll(() => {
  mount?.[Symbol.dispose]();
  scratch[Symbol.dispose]();
});

/** @returns where the folder is when nobody can write into it */
function lockAway(folder: string): string {
  if (process.getuid?.() === 0) {
    mount = mountReadOnly(folder, scratch.at('read-only'));
    if (mount === undefined) throw new Error('root cannot make a read-only mount here');
    return mount.folder;
  }
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    fs.chmodSync(file, fs.lstatSync(file).isDirectory() ? 0o555 : 0o444);
  }
  return folder;
}

const run = (words: readonly string[], of = store) =>
  runCli(words, { store: of, environment: { XDG_CACHE_HOME: scratch.at('cache') } });

test('reading verbs work from a read-only store', async () => {
  const before = treeOf(store);
  const verbs = [
    ['list'],
    ['inspect', NAME],
    ['verify', NAME],
    ['verify', '--store'],
    ['unpack', NAME, scratch.at('restored')],
    ['unpack', NAME, scratch.at('linked'), '--link'],
    ['copy', NAME, `oci-archive:${scratch.at('copied.tar')}`],
    ['copy', NAME, `oci:${scratch.at('copied')}:1.0.0`],
    ['diff', NAME, model],
  ];
  for (const words of verbs) {
    const { status, stderr } = await run(words);
    expect(status, `${words.join(' ')}: ${stderr}`).toBe(0);
  }
  expect((await run(['diff', OLD, NAME])).status).toBe(1);
  const { SHA256SUMS: _, ...restored } = treeOf(scratch.at('restored'));
  expect(restored).toEqual(treeOf(model));
  expect(treeOf(store)).toEqual(before);
});

test('reading verbs work from a read-only layout of another tool', async () => {
  for (const words of [
    ['list'],
    ['inspect', NAME],
    ['verify', NAME],
    ['verify', '--store'],
    ['unpack', NAME, scratch.at('of-foreign')],
  ]) {
    const { status, stderr } = await run(words, foreign);
    expect(status, `${words.join(' ')}: ${stderr}`).toBe(0);
  }
  expect((await run(['verify', `oci:${foreign}:${NAME}`])).status).toBe(0);
});

test('writing verbs say that the store cannot be written, and what is so', async () => {
  const changed = makeFolder(scratch.at('changed'), { 'weights/a.bin': 'changed' });
  for (const of of [store, foreign]) {
    for (const words of [
      ['pack', changed, '--tag', 'acme/model:new'],
      ['pack', model, '--tag', 'acme/model:same'],
      ['tag', NAME, 'acme/model:new'],
      ['remove', NAME],
      ['prune'],
      ['copy', `oci:${foreign}:${NAME}`, 'acme/model:new'],
    ]) {
      const { status, stdout } = await run([...words, '--json'], of);
      const { error } = JSON.parse(stdout);
      expect(status, words.join(' ')).toBe(2);
      expect(['STORE_UNAVAILABLE', 'FILE_UNREADABLE'], `${words.join(' ')}: ${error.message}`).toContain(error.code);
      expect(error.message).toMatch(/^Cannot .*: .*(?:read-only|permission denied)/);
      expect(error.message).toContain(of);
    }
  }
  expect((await run(['verify', '--store'])).status).toBe(0);
});

test('a model folder that cannot be written is packed', async () => {
  const own = makeFolder(scratch.at('locked', 'model'), { 'weights/a.bin': 'a' });
  const place = process.getuid?.() === 0 ? mountReadOnly(scratch.at('locked'), scratch.at('locked-here')) : undefined;
  if (place === undefined) fs.chmodSync(own, 0o555);
  try {
    const { status, stderr } = await run(
      ['pack', place === undefined ? own : path.join(place.folder, 'model')],
      scratch.at('new-store'),
    );
    expect(status, stderr).toBe(0);
  } finally {
    place?.[Symbol.dispose]();
  }
});

test('a destination that cannot be written is named', async () => {
  for (const out of ['out', 'new/folders/out']) {
    const { status, stdout } = await run(['unpack', NAME, path.join(store, out), '--json']);
    const { error } = JSON.parse(stdout);
    expect([status, error.code]).toEqual([2, 'FILE_UNREADABLE']);
    expect(error.message).toMatch(/^Cannot unpack into .*: (?:the file system is read-only|permission denied)$/);
  }
});
