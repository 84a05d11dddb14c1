/** Files that vanish, grow or are rewritten while they are read: named, and nothing of them is kept. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Progress, silent } from '../../src/base/progress.ts';
import { noCache } from '../../src/model/digest-cache.ts';
import { type PackOptions, pack } from '../../src/model/pack.ts';
import { readSource } from '../../src/model/source/read.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { encodedOf } from '../../src/oci/digest.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { runCli } from '../_support/cli.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { makeFolder, makePipe, packInto } from '../_support/source.ts';
import { damageOf } from './_victim.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const MIB = 1024 * 1024;
let count = 0;

/** Does something once, in the midst of reading: work below 24 MiB is done in this thread, piece by piece. */
function inTheMidst(act: () => void): Progress {
  let isDone = false;
  return {
    ...silent,
    advance() {
      if (!isDone) act();
      isDone = true;
    },
  };
}

interface Attempt {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly act: (folder: string) => void;
  readonly options?: PackOptions;
}

/** Packs while something happens. @returns what it says, when nothing of it has stayed */
async function failureOfPack({ files, act, options = {} }: Attempt): Promise<{ code: string; message: string }> {
  const folder = makeFolder(scratch.at(`model-${count}`), files);
  const store = scratch.at(`store-${count++}`);
  await using layout = await openLayout(store, 'write');
  const progress = inTheMidst(() => act(folder));
  const work = pack(
    readSource(folder),
    { store: layout, cache: noCache, progress },
    { name: 'acme/model:1', ...options },
  );
  const { code, message } = await failureOf(work);
  expect(await layout.tags()).toEqual([]);
  expect(fs.readdirSync(path.join(store, '.waybill', 'ingest'))).toEqual([]);
  expect(await damageOf(store)).toEqual([]);
  return { code, message };
}

const LARGE = 'weights/large.bin';
const LATER = 'weights/later.bin';
const both = { [LARGE]: Buffer.alloc(4 * MIB, 'x'), [LATER]: Buffer.alloc(MIB, 'y') };

describe('pack() says FILE_CHANGED and names the file that it is reading when it', () => {
  const changes: readonly (readonly [string, (file: string) => void])[] = [
    ['grows', (file) => fs.appendFileSync(file, 'more')],
    ['is cut short', (file) => fs.truncateSync(file, 3 * MIB)],
    ['is emptied', (file) => fs.truncateSync(file)],
    ['vanishes', (file) => fs.rmSync(file)],
    [
      'is rewritten with as many bytes',
      (file) => {
        const descriptor = fs.openSync(file, 'r+');
        fs.writeSync(descriptor, 'z', 3 * MIB);
        fs.closeSync(descriptor);
      },
    ],
    [
      'is rewritten and its time put back',
      (file) => {
        const { atime, mtime } = fs.statSync(file);
        fs.writeFileSync(file, Buffer.alloc(4 * MIB, 'z'));
        fs.utimesSync(file, atime, mtime);
      },
    ],
    [
      'is replaced',
      (file) => {
        fs.writeFileSync(`${file}.new`, Buffer.alloc(4 * MIB, 'z'));
        fs.renameSync(`${file}.new`, file);
      },
    ],
  ];
  test.each(changes)('%s', async (_, change) => {
    const { code, message } = await failureOfPack({ files: both, act: (folder) => change(`${folder}/${LARGE}`) });
    expect(code).toBe('FILE_CHANGED');
    expect(message).toContain(LARGE);
  });

  test.each(changes.filter(([what]) => !/replaced|vanishes/.test(what)))(
    '%s, taken in by a hard link',
    async (_, change) => {
      const act = (folder: string) => change(`${folder}/${LARGE}`);
      const { code, message } = await failureOfPack({ files: both, act, options: { bring: 'link' } });
      expect(code).toBe('FILE_CHANGED');
      expect(message).toContain(LARGE);
    },
  );

  test.each(['replaced', 'vanishes'])('is taken in by a hard link and then %s', async (what) => {
    const [, change] = changes.find(([name]) => name.includes(what)) ?? [];
    const act = (folder: string) => change?.(`${folder}/${LARGE}`);
    const { code } = await failureOfPack({ files: both, act, options: { bring: 'link' } });
    expect(code).toBe('FILE_CHANGED');
  });
});

describe('pack() says FILE_CHANGED and names a file that it has seen and not yet read when it', () => {
  const changes: readonly (readonly [string, (file: string) => void])[] = [
    ['grows', (file) => fs.appendFileSync(file, 'more')],
    ['vanishes', (file) => fs.rmSync(file)],
    ['vanishes with its folder', (file) => fs.rmSync(path.dirname(file), { recursive: true })],
    [
      'becomes a link to a file outside',
      (file) => {
        fs.writeFileSync(scratch.at('secret'), Buffer.alloc(MIB, 'y'));
        fs.rmSync(file);
        fs.symlinkSync(scratch.at('secret'), file);
      },
    ],
    [
      'lies in a folder that becomes a link to one outside',
      (file) => {
        fs.cpSync(path.dirname(file), scratch.at(`elsewhere-${count}`), { recursive: true });
        fs.rmSync(path.dirname(file), { recursive: true });
        fs.symlinkSync(scratch.at(`elsewhere-${count}`), path.dirname(file));
      },
    ],
  ];
  test.each(changes)('%s', async (_, change) => {
    // In a folder of its own, so that the file which is being read stays.
    const later = 'weights/z/later.bin';
    const files = { [LARGE]: both[LARGE], [later]: Buffer.alloc(MIB, 'y') };
    for (const bring of ['clone', 'link'] as const) {
      const act = (folder: string) => change(`${folder}/${later}`);
      const { code, message } = await failureOfPack({ files, act, options: { bring } });
      expect(code).toBe('FILE_CHANGED');
      expect(message).toContain(later);
    }
  });
});

test('pack() does not wait for a pipe that takes the place of a file', async () => {
  const act = (folder: string) => {
    fs.rmSync(`${folder}/${LATER}`);
    makePipe(`${folder}/${LATER}`);
  };
  const { code, message } = await failureOfPack({ files: both, act });
  expect(code).toBe('FILE_UNREADABLE');
  expect(message).toContain(`${LATER}: it is not a regular file`);
});

test('pack() names a file of a bundle that changes', async () => {
  const small = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`data/${at}.csv`, `${at}`]));
  const files = {
    ...both,
    ...small,
    'waybill.yaml':
      'waybill: 1\nname: acme/model\nversion: 1.0.0\ncomponents: { weights: ["weights/**"], data: ["data/**"] }\n',
  };
  const { code, message } = await failureOfPack({
    files,
    act: (folder) => fs.appendFileSync(`${folder}/data/42.csv`, 'more'),
  });
  expect(code).toBe('FILE_CHANGED');
  expect(message).toContain('data/42.csv');
});

test('pack() takes no other waybill.yaml than the one that it has understood', async () => {
  const act = (folder: string) => fs.appendFileSync(`${folder}/waybill.yaml`, '\nsummary: other\n');
  const { code, message } = await failureOfPack({ files: both, act });
  expect(code).toBe('FILE_CHANGED');
  expect(message).toContain('waybill.yaml');
});

test('verifyFolder() cannot tell of a file that changes meanwhile', async () => {
  const folder = makeFolder(scratch.at('verified'), both);
  await packInto(scratch.at('verified-store'), folder);
  await using layout = await openLayout(scratch.at('verified-store'), 'read');
  const target = await layout.resolve('acme/model:1.0.0');
  if (target === undefined) throw new Error('not found');
  await unpack(layout, target, scratch.at('restored'));
  const progress = inTheMidst(() => fs.appendFileSync(scratch.at('restored', LARGE), 'more'));
  const { code, message } = await failureOf(
    verifyFolder(scratch.at('restored'), sumsOfFolder(scratch.at('restored')), { progress }),
  );
  expect(code).toBe('FILE_CHANGED');
  expect(message).toContain(LARGE);
});

test('unpack() restores nothing of a store whose content changes meanwhile', async () => {
  const folder = makeFolder(scratch.at('source'), both);
  const { manifest } = await packInto(scratch.at('source-store'), folder);
  await using layout = await openLayout(scratch.at('source-store'), 'read');
  const document = JSON.parse(
    fs.readFileSync(path.join(layout.folder, 'blobs/sha256', encodedOf(manifest.digest)), 'utf8'),
  );
  const blob = path.join(layout.folder, 'blobs/sha256', document.layers[0].digest.slice(7));
  const changes = [() => fs.appendFileSync(blob, 'x'), () => fs.truncateSync(blob, MIB), () => fs.rmSync(blob)];
  for (const [at, change] of changes.entries()) {
    const place = scratch.at(`place-${at}`);
    fs.mkdirSync(place);
    const before = fs.readFileSync(blob);
    const { code } = await failureOf(unpack(layout, manifest, `${place}/model`, { progress: inTheMidst(change) }));
    expect(['FILE_CHANGED', 'DIGEST_INVALID', 'SIZE_INVALID']).toContain(code);
    expect(fs.readdirSync(place)).toEqual([]);
    fs.writeFileSync(blob, before);
  }
});

test('the command line names a file that another process goes on writing, and tags nothing', async () => {
  const folder = makeFolder(scratch.at('growing'), { [LARGE]: Buffer.alloc(40 * MIB, 'x'), [LATER]: 'y' });
  const store = scratch.at('growing-store');
  const script = `const fs = require('node:fs'); setInterval(() => fs.appendFileSync(process.argv[1], 'more'), 1); console.log('writing')`;
  const writer = spawn(process.execPath, ['-e', script, `${folder}/${LARGE}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(writer.stdout, 'data');
    const { status, stdout } = await runCli(['pack', folder, '--json'], { store });
    const { error } = JSON.parse(stdout);
    expect([status, error.code]).toEqual([2, 'FILE_CHANGED']);
    expect(error.message).toContain(LARGE);
    expect(error.hint).toMatch(/Wait/);
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'exit');
  }
  expect(JSON.parse((await runCli(['list', '--json'], { store })).stdout).artifacts).toEqual([]);
  expect((await runCli(['pack', folder], { store })).status).toBe(0);
});
