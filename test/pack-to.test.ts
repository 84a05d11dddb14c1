/** `pack --to`: straight into a registry, the same package as in the local store, and nothing twice. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identityOf } from '../src/base/file-identity.ts';
import { type Progress, silent } from '../src/base/progress.ts';
import { type DigestCache, noCache, openDigestCache } from '../src/model/digest-cache.ts';
import { type Packed, pack } from '../src/model/pack.ts';
import { readSource } from '../src/model/source/read.ts';
import { unpack } from '../src/model/unpack/unpack.ts';
import { sumsOfFolder, verifyFolder } from '../src/model/verify-folder.ts';
import { recordsIn } from '../src/oci/registry/records.ts';
import type { Network } from '../src/oci/store-kind.ts';
import { layout } from '../src/oci/stores/layout.ts';
import { memory } from '../src/oci/stores/memory.ts';
import { registry as kind } from '../src/oci/stores/registry.ts';
import { type Seen, sentIn, startRegistry, type TestRegistry } from './_registry/server.ts';
import { runCli, startCli } from './_support/cli.ts';
import { startTestHub } from './_support/hub.ts';
import { failureOf } from './_support/refusal.ts';
import { plainNetwork } from './_support/registry.ts';
import { makeScratch, type Scratch } from './_support/scratch.ts';
import { makeFolder, packInto } from './_support/source.ts';

const MIB = 1024 * 1024;
const OLD = new Date(Date.now() - 60_000);

let scratch: Scratch;
let registry: TestRegistry;
beforeEach(async () => {
  scratch = makeScratch();
  registry = await startRegistry();
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

/** Files in a folder, old enough for the digest cache to believe in them. */
function model(files: Readonly<Record<string, string | Uint8Array>>, name = 'model'): string {
  const folder = makeFolder(scratch.at(name), files);
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    fs.utimesSync(path.join(folder, file), OLD, OLD);
  return folder;
}

interface Run {
  readonly host?: string;
  readonly progress?: Progress;
  readonly more?: Partial<Network>;
}

/** As the command line does it, with a cache of its own. */
async function packTo(
  folder: string,
  { host = registry.host, progress = silent, more = {} }: Run = {},
): Promise<Packed> {
  await using store = await kind.open(`${host}/acme/model`, { access: 'write', network: { ...plainNetwork, ...more } });
  using cache = openDigestCache(scratch.at('cache.sqlite'), Date.now());
  return await pack(readSource(folder), { store, cache, progress }, { name: '1.0.0' });
}

const LARGE = {
  'weights/a.bin': randomBytes(20 * MIB),
  'weights/b.bin': randomBytes(9 * MIB),
  'weights/b-again.bin': Buffer.alloc(0),
  'weights/small.bin': randomBytes(1000),
};
const questions = (seen: readonly Seen[]) =>
  seen.filter(({ method, path }) => method === 'HEAD' && path.includes('/blobs/')).map(({ path }) => path);

test('pack() to a registry makes the package that pack() makes here, and sends nothing the second time', async () => {
  const folder = model(LARGE);
  const { manifest } = await packInto(scratch.at('store'), folder);
  const first = await packTo(folder);
  expect(first.manifest).toEqual(manifest);
  expect(first.bytesRead).toBe(29 * MIB + 1000 + fs.statSync(path.join(folder, 'waybill.yaml')).size);
  expect(first).toMatchObject({ bytesWritten: 0, resumed: false });
  registry.seen.length = 0;
  const second = await packTo(folder);
  expect(second).toMatchObject({ bytesSent: 0, bytesRead: 0, manifest });
  expect(registry.seen.filter(({ method }) => method === 'POST' || method === 'PATCH')).toEqual([]);
  expect(questions(registry.seen)).toEqual([...new Set(questions(registry.seen))]);

  await using store = await kind.open(`${registry.host}/acme/model`, { access: 'read', network: plainNetwork });
  await unpack(store, manifest, scratch.at('out'));
  expect((await verifyFolder(scratch.at('out'), sumsOfFolder(scratch.at('out')))).verdict).toBe('pass');
});

test('pack() sends what is known to another registry without hashing it, in chunks and at once', async () => {
  const folder = model(LARGE);
  const { manifest } = await packTo(folder);
  await using other = await startRegistry();
  const { bytesSent, bytesRead } = await packTo(folder, { host: other.host });
  expect(bytesRead).toBe(29 * MIB + 1000 + fs.statSync(path.join(folder, 'waybill.yaml')).size);
  expect(bytesSent).toBeGreaterThan(29 * MIB);
  expect([...other.blobs.keys()].sort()).toEqual([...registry.blobs.keys()].sort());
  expect(other.manifests.has(`acme/model ${manifest.digest}`)).toBe(true);
});

test('pack() does not believe that a known file is what it was when the registry finds other bytes', async () => {
  const folder = model(LARGE);
  await packTo(folder);
  await using other = await startRegistry();
  const database = new (await import('node:sqlite')).DatabaseSync(scratch.at('cache.sqlite'));
  database.exec(`UPDATE file SET sha256 = '${'0'.repeat(64)}' WHERE size = ${20 * MIB}`);
  database.close();
  const { code, message, hint } = await failureOf(packTo(folder, { host: other.host }));
  expect({ code, message }).toEqual({ code: 'FILE_CHANGED', message: expect.stringContaining('weights/a.bin') });
  expect(hint).toContain('--no-cache');
  expect([...other.manifests]).toEqual([]);
});

test('pack() sends files of one content, or behind two names, once', async () => {
  const folder = model({ 'weights/one.bin': randomBytes(9 * MIB) });
  fs.linkSync(path.join(folder, 'weights/one.bin'), path.join(folder, 'weights/two.bin'));
  const { manifest } = await packInto(scratch.at('store'), folder);
  expect((await packTo(folder)).manifest).toEqual(manifest);
  expect(sentIn(registry.seen)).toBe(9 * MIB);
});

test('pack() bundles 3,000 files and sends them in three requests', async () => {
  const many = Array.from({ length: 3_000 }, (_, index) => [`data/${index}.json`, `{"row":${index}}`.padEnd(2_000)]);
  const folder = model({
    ...Object.fromEntries(many),
    'waybill.yaml': 'waybill: 1\nname: acme/many\nversion: 1.0.0\ncomponents: { data: [data/**] }\n',
  });
  const { manifest } = await packInto(scratch.at('store'), folder);
  const first = await packTo(folder);
  expect(first).toMatchObject({ manifest, fileCount: 3_002, layerCount: 3 });
  expect(registry.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  expect(await packTo(folder)).toMatchObject({ manifest, bytesSent: 0, bytesRead: 0 });
  // Known, but not there: the tar is made again, without hashing.
  await using other = await startRegistry();
  expect((await packTo(folder, { host: other.host })).manifest).toEqual(manifest);
  expect([...other.blobs.keys()].sort()).toEqual([...registry.blobs.keys()].sort());
});

test('pack() writes the cache down before a kill could make it send a large file again', async () => {
  const folder = model({ 'weights/a.bin': randomBytes(65 * MIB) });
  await using store = await kind.open(`${registry.host}/acme/model`, { access: 'write', network: plainNetwork });
  const found: (string | undefined)[] = [];
  using cache = openDigestCache(scratch.at('cache.sqlite'), Date.now());
  const seen: DigestCache = {
    ...noCache,
    rememberFile: (identity, sha256) => cache.rememberFile(identity, sha256),
    save() {
      cache.save();
      using another = openDigestCache(scratch.at('cache.sqlite'), Date.now());
      found.push(another.file(identityOf(fs.lstatSync(path.join(folder, 'weights/a.bin'), { bigint: true }))));
      expect([...registry.manifests]).toEqual([]);
    },
  };
  await pack(readSource(folder), { store, cache: seen }, { name: '1.0.0' });
  expect(found).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

describe('pack() of a file that changes while it is sent', () => {
  const changes: readonly (readonly [string, (file: string) => void])[] = [
    ['grows', (file) => fs.appendFileSync(file, 'more')],
    ['is cut short', (file) => fs.truncateSync(file, MIB)],
    ['vanishes', (file) => fs.rmSync(file)],
    ['is rewritten', (file) => fs.writeFileSync(file, randomBytes(20 * MIB))],
  ];
  test.each(changes)('fails when it %s: the upload is cancelled, and nothing is tagged', async (_, change) => {
    const folder = model(LARGE);
    const file = path.join(folder, 'weights/a.bin');
    const progress = inTheMidst(() => change(file), 15 * MIB);
    const records = recordsIn(scratch.at('records'));
    const { code, message } = await failureOf(packTo(folder, { progress, more: { records } }));
    expect({ code, message }).toEqual({ code: 'FILE_CHANGED', message: expect.stringContaining('weights/a.bin') });
    expect([...registry.manifests]).toEqual([]);
    expect(registry.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });
});

test('pack() goes on by itself after a line that breaks', async () => {
  const folder = model(LARGE);
  const { manifest } = await packInto(scratch.at('store'), folder);
  registry.faults.breakUploadsAfter = { bytes: 5 * MIB, times: 4 };
  expect((await packTo(folder)).manifest).toEqual(manifest);
  expect(registry.manifests.has('acme/model 1.0.0')).toBe(true);
});

test('pack() into a layout is pack() into any folder; other stores are told apart', async () => {
  const folder = model(LARGE);
  await using place = await layout.open(scratch.at('layout'), { access: 'write' });
  using cache = openDigestCache(scratch.at('cache.sqlite'), Date.now());
  const { manifest } = await pack(readSource(folder), { store: place, cache }, { name: '1.0.0' });
  expect((await place.resolve('1.0.0'))?.digest).toBe(manifest.digest);
  await using store = await memory.open('', { access: 'write' });
  await expect(pack(readSource(folder), { store, cache })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});

describe('waybill pack --to', () => {
  const options = () => ({ store: scratch.at('store') });
  const json = async (...words: string[]) => {
    const { stdout, status, stderr } = await runCli([...words, '--json'], options());
    return { status, stderr, output: JSON.parse(stdout) };
  };

  test('says digest, reference and bytes, keeps no copy, and takes the version as the tag', async () => {
    const folder = model(LARGE);
    const { manifest } = await packInto(scratch.at('other'), folder);
    const { output } = await json('pack', folder, '--strict', '--to', `${registry.host}/acme/model`);
    expect(output).toMatchObject({
      digest: manifest.digest,
      reference: `${registry.host}/acme/model:1.0.0`,
      bytesWritten: 0,
      resumed: false,
    });
    expect(output.bytesSent).toBeGreaterThan(29 * MIB);
    expect(fs.existsSync(scratch.at('store'))).toBe(false);
    const again = await json('pack', folder, '--to', `${registry.host}/acme/model:other`);
    expect(again.output).toMatchObject({ digest: manifest.digest, bytesSent: 0, bytesRead: 0 });
    expect(registry.manifests.has('acme/model other')).toBe(true);
  });

  test('goes on after kill -9 with what had arrived', async () => {
    const folder = model(Object.fromEntries([1, 2, 3].map((n) => [`weights/${n}.bin`, randomBytes(40 * MIB)])));
    const words = ['pack', folder, '--to', `${registry.host}/acme/model`];
    const running = startCli(words, options());
    const reached = new Promise<void>((resolve) => {
      registry.faults.holdUploadsAfter = { bytes: 0.6 * 120 * MIB, reached: resolve };
    });
    await reached;
    running.child.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    delete registry.faults.holdUploadsAfter;
    expect([...registry.manifests]).toEqual([]);
    registry.seen.length = 0;
    const { output } = await json(...words);
    expect(output.resumed).toBe(true);
    // 40 %, and what was whole in the moment of the kill and not written down yet.
    expect(sentIn(registry.seen)).toBeLessThan(0.6 * 120 * MIB);
    const { manifest } = await packInto(scratch.at('other'), folder);
    expect(output.digest).toBe(manifest.digest);
    // Those that had begun when it was killed, and whose address it had not written down, expire.
    expect(registry.uploads.size).toBeLessThanOrEqual(4);
    expect(fs.readdirSync(`${scratch.at('store')}.cache/waybill/uploads`)).toEqual([]);
  });

  test('leaves uploads to go on with on Ctrl-C', async () => {
    const folder = model({ 'weights/a.bin': randomBytes(40 * MIB) });
    const words = ['pack', folder, '--to', `${registry.host}/acme/model`];
    const running = startCli(words, options());
    await new Promise<void>((resolve) => {
      registry.faults.holdUploadsAfter = { bytes: 20 * MIB, reached: resolve };
    });
    running.child.kill('SIGINT');
    const { signal, stderr } = await running.ended;
    expect({ signal, stderr }).toEqual({
      signal: 'SIGINT',
      stderr: expect.stringContaining('what has arrived is kept'),
    });
    delete registry.faults.holdUploadsAfter;
    expect((await json(...words)).output.resumed).toBe(true);
  });

  test('fails at once without the right credentials, and says what to do', async () => {
    registry.require = { scheme: 'basic', username: 'ci', password: 'right' };
    const folder = model(LARGE);
    const { status, output } = await json('pack', folder, '--to', `${registry.host}/acme/model`);
    expect(status).toBe(2);
    expect(output.error).toMatchObject({ code: 'UNAUTHORIZED', hint: expect.stringContaining('waybill login') });
    expect(sentIn(registry.seen)).toBe(0);
  });

  test.each([
    ['a name in the local store', ['--to', 'acme/model:1'], 'USAGE'],
    ['a folder', ['--to', './out'], 'USAGE'],
    ['--tag as well', ['--to', 'localhost:1/acme/model', '--tag', 'x:1'], 'USAGE'],
    ['--link to a registry', ['--to', 'localhost:1/acme/model', '--link'], 'USAGE'],
    ['a digest', ['--to', `localhost:1/acme/model@sha256:${'0'.repeat(64)}`], 'USAGE'],
  ])('refuses %s', async (_, words, code) => {
    const { status, output } = await json('pack', model({ 'weights/a.bin': 'x' }), ...words);
    expect({ status, code: output.error.code }).toEqual({ status: 2, code });
    expect(output.error.hint).toBeDefined();
  });

  test('packs into a layout folder, and says how an archive is made', async () => {
    const folder = model(LARGE);
    const { output } = await json('pack', folder, '--to', `oci:${scratch.at('layout')}`);
    expect(output).toMatchObject({ reference: `oci:${scratch.at('layout')}:1.0.0`, bytesSent: 0 });
    expect((await json('verify', `oci:${scratch.at('layout')}:1.0.0`)).output.verdict).toBe('pass');
    const { output: refused } = await json('pack', folder, '--to', `oci-archive:${scratch.at('it.tar')}`);
    expect(refused.error).toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('waybill copy') });
    expect(fs.readdirSync(scratch.folder).filter((name) => name.includes('it.tar'))).toEqual([]);
  });
});

test('the hub takes what is sent before its digest is known, and forgets what was cancelled', async () => {
  await using hub = await startTestHub(scratch.at('hub'));
  const host = new URL(hub.address).host;
  const changing = model({ 'weights/a.bin': randomBytes(20 * MIB) }, 'changing');
  const file = path.join(changing, 'weights/a.bin');
  const progress = inTheMidst(() => fs.appendFileSync(file, 'more'), 15 * MIB);
  expect((await failureOf(packTo(changing, { host, progress }))).code).toBe('FILE_CHANGED');
  expect(scratch.list('hub', 'uploads')).toEqual([]);
  const whole = model(LARGE);
  const { manifest } = await packInto(scratch.at('store'), whole);
  expect((await packTo(whole, { host })).manifest).toEqual(manifest);
  expect(await packTo(whole, { host })).toMatchObject({ bytesSent: 0 });
  await using store = await kind.open(`${host}/acme/model`, { access: 'read', network: plainNetwork });
  expect((await store.resolve('1.0.0'))?.digest).toBe(manifest.digest);
});

/** Does something once, when so many bytes have been sent. */
function inTheMidst(act: () => void, after: number): Progress {
  let sent = 0;
  return {
    ...silent,
    advance(bytes) {
      const before = sent;
      sent += bytes;
      if (before < after && sent >= after) act();
    },
  };
}
