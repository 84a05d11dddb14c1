/**
 * No room left: a small file system where this user can make one (root), and everywhere a limit on the
 * size of files. Each command says DISK_FULL, leaves what was there as it was, and nothing else.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeArtifact } from '../_support/artifact-maker.ts';
import { type CliResult, runCli } from '../_support/cli.ts';
import { type Mount, mountSmall } from '../_support/mounts.ts';
import { seeded } from '../_support/random.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';
import { treeOf } from '../_support/tree.ts';
import { damageOf } from './_victim.ts';

const MIB = 1024 * 1024;
const ROOM = 8 * MIB;
const NAME = 'acme/model:1.0.0';

let scratch: Scratch;
/** Fits. */
let small: string;
/** Does not, neither as a whole nor its one large file. */
let large: string;
/** A store elsewhere, with both. */
let full: string;
/** A layout whose one layer is small until it is unpacked. */
let dense: string;
beforeAll(async () => {
  scratch = makeScratch();
  const random = seeded(13);
  small = makeFolder(scratch.at('small'), { 'weights/small.bin': random.bytes(100_000) });
  const bytes = { 'weights/first.bin': random.bytes(2 * MIB), 'weights/huge.bin': random.bytes(10 * MIB) };
  large = makeFolder(scratch.at('large'), bytes);
  full = scratch.at('full');
  await packInto(full, small, 'acme/model:small');
  await packInto(full, large, 'acme/model:large');
  const archive = rawTar({ name: 'a', content: 'a' }, { name: 'zeros', content: Buffer.alloc(12 * MIB) });
  dense = makeArtifact().tar(archive, { compression: 'gzip' }).write(scratch.at('dense')).folder;
});
afterAll(() => scratch[Symbol.dispose]());

interface Disk {
  readonly folder: string;
  run(words: readonly string[], store: string): Promise<CliResult>;
}

function suite(disk: () => Disk): void {
  const at = (...parts: string[]) => path.join(disk().folder, ...parts);

  async function expectFull(words: readonly string[], store: string): Promise<void> {
    const { status, stdout } = await disk().run([...words, '--json'], store);
    const { error } = JSON.parse(stdout);
    expect([status, error.code], error.message).toEqual([2, 'DISK_FULL']);
    expect(error.message).toMatch(/^Cannot (?:write|unpack|make|change|pack)/);
  }

  test('pack keeps the store as it was, and usable', async () => {
    const store = at('store');
    await packInto(store, small, NAME);
    const before = treeOf(store);
    await expectFull(['pack', large, '--tag', 'acme/model:large'], store);
    expect(fs.readdirSync(path.join(store, '.waybill', 'ingest'))).toEqual([]);
    expect(await damageOf(store)).toEqual([]);
    for (const file of Object.keys(before)) expect(treeOf(store)[file]).toBe(before[file]);
    expect((await disk().run(['verify', NAME], store)).status).toBe(0);
    expect((await disk().run(['pack', small, '--tag', 'acme/model:again'], store)).status).toBe(0);
  });

  test('unpack leaves no destination', async () => {
    await expectFull(['unpack', 'acme/model:large', at('out')], full);
    expect(fs.readdirSync(disk().folder)).toEqual([]);
  });

  test('unpack of a layer that grows leaves no destination', async () => {
    await expectFull(['unpack', `oci:${dense}`, at('out')], full);
    expect(fs.readdirSync(disk().folder)).toEqual([]);
    expect((await disk().run(['unpack', 'acme/model:small', at('out')], full)).status).toBe(0);
  });

  test('unpack --force keeps the folder that was there', async () => {
    makeFolder(at('out'), { 'weights/mine.bin': 'mine' });
    const before = treeOf(at('out'));
    await expectFull(['unpack', `oci:${dense}`, at('out'), '--force'], full);
    expect(treeOf(at('out'))).toEqual(before);
    expect(fs.readdirSync(disk().folder)).toEqual(['out']);
  });

  test('copy to a layout leaves no name and nothing unfinished', async () => {
    await expectFull(['copy', 'acme/model:large', `oci:${at('copied')}:1.0.0`], full);
    expect(fs.readdirSync(at('copied', '.waybill', 'ingest'))).toEqual([]);
    expect(JSON.parse(fs.readFileSync(at('copied', 'index.json'), 'utf8')).manifests).toEqual([]);
    expect((await disk().run(['copy', 'acme/model:small', `oci:${at('copied')}:1.0.0`], full)).status).toBe(0);
    expect(await damageOf(at('copied'))).toEqual([]);
  });

  test('copy to an archive leaves no file, and keeps the one that was there', async () => {
    await expectFull(['copy', 'acme/model:large', `oci-archive:${at('new.tar')}`], full);
    expect(fs.readdirSync(disk().folder)).toEqual([]);
    fs.writeFileSync(at('old.tar'), 'old');
    await expectFull(['copy', 'acme/model:large', `oci-archive:${at('old.tar')}`, '--force'], full);
    expect(fs.readFileSync(at('old.tar'), 'utf8')).toBe('old');
    expect(fs.readdirSync(disk().folder)).toEqual(['old.tar']);
  });
}

describe('where a file may have 4 MiB (ulimit -f)', () => {
  let folder: string;
  let count = 0;
  beforeEach(() => {
    folder = scratch.at(`limited-${count++}`);
    fs.mkdirSync(folder);
  });
  // Blocks of 512 bytes, as POSIX has them.
  const under = ['sh', '-c', `ulimit -f ${(4 * MIB) / 512}; exec "$@"`, 'sh'];
  suite(() => ({
    folder,
    run: (words, store) => runCli(words, { store, under, environment: { XDG_CACHE_HOME: scratch.at('cache') } }),
  }));
});

const isRoot = process.getuid?.() === 0;

if (!isRoot) {
  test('only root can make a small file system: the limit on the size of files stands for it', () => {
    console.warn('NOT TRIED as an ordinary user: a full file system (run as root for that)');
    expect(mountSmall(scratch.at('small-disk'), ROOM)).toBeUndefined();
  });
} else {
  describe('on a file system of 8 MiB', smallDisk);
}

function smallDisk(): void {
  let mount: Mount | undefined;
  beforeEach(() => {
    mount = mountSmall(scratch.at('small-disk'), ROOM);
    if (mount === undefined) throw new Error('root cannot mount a small file system here');
  });
  afterEach(() => mount?.[Symbol.dispose]());
  const folder = () => mount?.folder ?? '';
  const run: Disk['run'] = (words, store) =>
    runCli(words, { store, environment: { XDG_CACHE_HOME: scratch.at('cache') } });
  suite(() => ({ folder: folder(), run }));

  test('init leaves no half waybill.yaml', async () => {
    const model = path.join(folder(), 'model');
    fs.mkdirSync(model);
    fill(path.join(model, 'weights.onnx'));
    const { status, stdout } = await run(['init', model, '--json'], full);
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'DISK_FULL']);
    expect(fs.readdirSync(model)).toEqual(['weights.onnx']);
  });

  test('a store on a full disk can still be read, and tag keeps the names that it had', async () => {
    const store = path.join(folder(), 'store');
    await packInto(store, small, NAME);
    fill(path.join(folder(), 'filler'));
    for (const words of [
      ['list'],
      ['inspect', NAME],
      ['verify', NAME],
      ['verify', '--store'],
      ['unpack', NAME, scratch.at('restored')],
    ])
      expect((await run(words, store)).status, words.join(' ')).toBe(0);
    const tagged = await run(['tag', NAME, 'acme/model:other', '--json'], store);
    expect([tagged.status, JSON.parse(tagged.stdout).error.code]).toEqual([2, 'DISK_FULL']);
    expect(JSON.parse((await run(['list', '--json'], store)).stdout).artifacts).toHaveLength(1);
    // What no name reaches can go from a full disk, too: that is when it is asked for.
    expect((await run(['prune'], store)).status).toBe(0);
    fs.rmSync(path.join(folder(), 'filler'));
    expect((await run(['tag', NAME, 'acme/model:other'], store)).status).toBe(0);
  });
}

/** Writes until there is no room. */
function fill(file: string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    for (const size of [MIB, 4096, 1]) {
      const piece = Buffer.alloc(size);
      try {
        for (;;) fs.writeSync(descriptor, piece);
      } catch {
        // Full for pieces of this size.
      }
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
