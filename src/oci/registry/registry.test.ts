import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sentIn, startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { plainNetwork } from '../../../test/_support/registry.ts';
import { manifestIn, testStore } from '../../../test/contracts/store.ts';
import { copy } from '../copy.ts';
import type { Descriptor } from '../descriptor.ts';
import { digestOf } from '../digest.ts';
import { openLayout } from '../layout/layout.ts';
import { isSending, type Sending } from '../store.ts';
import type { Network, OpenStore } from '../store-kind.ts';
import { memory } from '../stores/memory.ts';
import { registry as kind } from '../stores/registry.ts';
import { pushBytes, readContent } from '../verified.ts';
import { recordsIn } from './records.ts';

const TYPE = 'application/octet-stream';
const MIB = 1024 * 1024;

let registry: TestRegistry;
let root: string;
beforeEach(async () => {
  registry = await startRegistry();
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-registry-'));
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

const open = (more: Partial<Network> = {}): Promise<OpenStore> =>
  kind.open(`${registry.host}/acme/x`, { access: 'write', network: { ...plainNetwork, ...more } });

/** An artifact of one blob in a local layout. */
async function artifact(size: number) {
  const layout = await openLayout(path.join(root, 'from'), 'write');
  const bytes = randomBytes(size);
  const blob = await pushBytes(layout, TYPE, bytes);
  const target = await manifestIn(layout, 'it');
  return { layout, bytes, blob, target };
}

function sending(store: object): Sending {
  if (!isSending(store)) throw new TypeError('a registry must take what is sent');
  return store;
}

const described = (bytes: Buffer): Descriptor => ({ mediaType: TYPE, digest: digestOf(bytes), size: bytes.length });
const sentBytes = () => sentIn(registry.seen);

testStore(
  'registry',
  async () => {
    const server = await startRegistry();
    const store = await kind.open(`${server.host}/acme/x`, { access: 'write', network: plainNetwork });
    return { writable: store, reopen: async () => store, remove: async () => server[Symbol.asyncDispose]() };
  },
  { takesUnknownDigests: false, namePrefix: '' },
);

test('copy() to a registry and back gives the same bytes, and asks for nothing twice', async () => {
  const { layout, target } = await artifact(10);
  await using store = await open();
  await using back = await memory.open('', { access: 'write' });
  await copy(layout, store, target, { name: '1' });
  registry.seen.length = 0;
  expect(await copy(layout, store, target, { name: '1' })).toMatchObject({ blobs: 0, bytes: 0 });
  expect(registry.seen.filter(({ method, path }) => method !== 'HEAD' && path.includes('/blobs/'))).toEqual([]);
  const found = await store.resolve('1');
  expect(found?.digest).toBe(target.digest);
  await copy(store, back, target, { name: '1' });
  expect(await readContent(back, target, 10_000, 'it')).toEqual(await readContent(layout, target, 10_000, 'it'));
  await layout[Symbol.asyncDispose]();
});

test('send() goes on after broken lines with what has arrived', async () => {
  const { layout, blob } = await artifact(40 * MIB);
  await using store = await open();
  registry.faults.breakUploadsAfter = { bytes: 3 * MIB, times: 3 };
  const { bytes } = await sending(store).send(blob, await layout.open(blob), {
    advance() {},
  });
  expect(registry.blobs.get(blob.digest)?.length).toBe(blob.size);
  expect(bytes).toBeLessThan(blob.size * 1.3);
  await layout[Symbol.asyncDispose]();
});

test('send() of another process goes on where the first one was ended', async () => {
  const { layout, blob } = await artifact(64 * MIB);
  const records = recordsIn(path.join(root, 'records'));
  const send = async () => {
    await using store = await open({ records });
    return await sending(store).send(blob, await layout.open(blob), {
      advance() {},
    });
  };
  // The fifth chunk of eight never arrives, however often it is tried.
  registry.faults.breakUploadsAfter = { bytes: 100 * MIB, times: 0 };
  const stop = setInterval(() => {
    if (sentBytes() < 40 * MIB) return;
    registry.faults.answers = Array.from({ length: 40 }, () => ({ status: 403 }));
    clearInterval(stop);
  }, 1);
  await expect(send()).rejects.toMatchObject({ code: 'DENIED' });
  clearInterval(stop);
  registry.faults.answers = [];
  registry.seen.length = 0;
  const { resumedAt, bytes } = await send();
  expect(resumedAt).toBeGreaterThanOrEqual(40 * MIB);
  expect(bytes).toBe(blob.size - resumedAt);
  expect(fs.readdirSync(path.join(root, 'records'))).toEqual([]);
  await layout[Symbol.asyncDispose]();
});

test('send() begins anew when the registry has forgotten the upload', async () => {
  const { layout, blob } = await artifact(20 * MIB);
  const records = recordsIn(path.join(root, 'records'));
  records.remember(`${registry.host} acme/x ${blob.digest}`, `${registry.origin}/v2/acme/x/blobs/uploads/gone`);
  await using store = await open({ records });
  await sending(store).send(blob, await layout.open(blob), { advance() {} });
  expect(registry.blobs.has(blob.digest)).toBe(true);
  await layout[Symbol.asyncDispose]();
});

test('send() mounts what a repository of the same registry has', async () => {
  const { layout, blob, bytes } = await artifact(20 * MIB);
  registry.blobs.set(blob.digest, bytes);
  await using store = await open({ mountFrom: ['acme/base'] });
  const sent = await sending(store).send(blob, await layout.open(blob), {
    advance() {},
  });
  expect(sent.bytes).toBe(0);
  expect(sentBytes()).toBe(0);
  await layout[Symbol.asyncDispose]();
});

test('reading goes on after broken lines, with ranges', async () => {
  const bytes = randomBytes(3 * MIB);
  registry.blobs.set(digestOf(bytes), bytes);
  registry.faults.breakDownloadsAfter = { bytes: MIB, times: 2 };
  await using store = await open();
  expect((await readContent(store, described(bytes), bytes.length, 'it')).equals(bytes)).toBe(true);
  expect(registry.seen.map(({ headers }) => headers.range)).toEqual([
    undefined,
    expect.stringMatching(/^bytes=\d+-/),
    expect.stringMatching(/^bytes=\d+-/),
  ]);
});

test('reading goes on in one stream where Range is ignored (G30)', async () => {
  const bytes = randomBytes(2 * MIB);
  registry.blobs.set(digestOf(bytes), bytes);
  registry.faults.breakDownloadsAfter = { bytes: MIB, times: 1 };
  registry.faults.ignoresRange = true;
  await using store = await open();
  expect((await readContent(store, described(bytes), bytes.length, 'it')).equals(bytes)).toBe(true);
});

test('receive() keeps what has arrived and goes on with it in another process', async () => {
  const bytes = randomBytes(8 * MIB);
  const blob = described(bytes);
  registry.blobs.set(blob.digest, bytes);
  await using layout = await openLayout(path.join(root, 'to'), 'write');
  await using store = await open();
  registry.faults.breakDownloadsAfter = { bytes: 512 * 1024, times: 1_000 };
  const receive = async () => layout.receive(blob, await store.open(blob), { advance() {} });
  await expect(receive()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(await layout.stat(blob)).toBeUndefined();
  registry.faults.breakDownloadsAfter.times = 0;
  const { resumedAt, bytes: moved } = await receive();
  expect(resumedAt).toBeGreaterThan(3 * MIB);
  expect(moved).toBe(bytes.length - resumedAt);
  expect((await layout.stat(blob))?.size).toBe(bytes.length);
  expect(fs.readdirSync(path.join(root, 'to/.waybill/partial'))).toEqual([]);
});

test('wrong bytes behind a right header are refused the first and the second time, and nothing is left (G20, G21)', async () => {
  const bytes = randomBytes(100_000);
  const blob = described(bytes);
  registry.blobs.set(blob.digest, bytes);
  registry.faults.flipsBytes = true;
  await using layout = await openLayout(path.join(root, 'to'), 'write');
  await using store = await open();
  for (let round = 0; round < 2; round++) {
    await expect(layout.receive(blob, await store.open(blob), { advance() {} })).rejects.toMatchObject({
      code: 'DIGEST_INVALID',
    });
    expect(fs.readdirSync(path.join(root, 'to/.waybill/partial'))).toEqual([]);
  }
  expect(await layout.stat(blob)).toBeUndefined();
});

test('ask() waits as long as Retry-After says and tries again after 429 and 503', async () => {
  const bytes = Buffer.from('it');
  registry.blobs.set(digestOf(bytes), bytes);
  registry.faults.answers = [
    { status: 429, headers: { 'retry-after': '0' } },
    { status: 503, headers: { 'retry-after': '0' } },
  ];
  await using store = await open();
  expect(await readContent(store, described(bytes), 10, 'it')).toEqual(bytes);
});

test.each([
  [401, 'UNAUTHORIZED'],
  [403, 'DENIED'],
])('ask() fails at once on %i, with what to do', async (status, code) => {
  registry.faults.answers = [{ status }];
  await using store = await open();
  await expect(store.resolve('1')).rejects.toMatchObject({ code, hint: expect.stringContaining('waybill login') });
  expect(registry.seen).toHaveLength(1);
});

test('ask() gives up when Retry-After asks for an hour', async () => {
  registry.faults.answers = [{ status: 429, headers: { 'retry-after': '3600' } }];
  await using store = await open();
  await expect(store.resolve('1')).rejects.toMatchObject({ code: 'TOOMANYREQUESTS' });
  expect(registry.seen).toHaveLength(1);
});

test.each(['basic', 'bearer'] as const)('%s credentials are sent when they are asked for, and once', async (scheme) => {
  registry.require = { scheme, username: 'ada', password: 'secret' };
  await using store = await open({ credentials: { find: async () => ({ username: 'ada', password: 'secret' }) } });
  expect(await store.resolve('1')).toBeUndefined();
  expect(await store.resolve('2')).toBeUndefined();
  expect(registry.seen.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1);
});

test.each(['basic', 'bearer'] as const)(
  '%s credentials serve requests that are refused at the same time',
  async (scheme) => {
    registry.require = { scheme, username: 'ada', password: 'secret' };
    await using store = await open({ credentials: { find: async () => ({ username: 'ada', password: 'secret' }) } });
    const tags = Array.from({ length: 8 }, (_, index) => `t${index}`);
    expect(await Promise.all(tags.map((tag) => store.resolve(tag)))).toEqual(tags.map(() => undefined));
  },
);

test('wrong credentials are UNAUTHORIZED', async () => {
  registry.require = { scheme: 'bearer', username: 'ada', password: 'secret' };
  await using store = await open({ credentials: { find: async () => ({ username: 'ada', password: 'wrong' }) } });
  await expect(store.resolve('1')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('credentials never follow a redirect to another origin', async () => {
  await using elsewhere = await startRegistry();
  const bytes = Buffer.from('it');
  for (const server of [registry, elsewhere]) server.blobs.set(digestOf(bytes), bytes);
  registry.require = { scheme: 'basic', username: 'ada', password: 'secret' };
  registry.faults.redirectsBlobsTo = elsewhere.origin;
  await using store = await open({ credentials: { find: async () => ({ username: 'ada', password: 'secret' }) } });
  expect(await readContent(store, described(bytes), 10, 'it')).toEqual(bytes);
  expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('credentials never go to a token service in plain text, nor to one on this machine', async () => {
  for (const realm of ['http://tokens.example/token', 'file:///etc/passwd', 'not an address']) {
    registry.require = { scheme: 'bearer', username: 'ada', password: 'secret', realm };
    await using store = await open({ credentials: { find: async () => ({ username: 'ada', password: 'secret' }) } });
    await expect(store.resolve('1')).rejects.toMatchObject({ code: 'DENIED' });
  }
});

test('attach() keeps an index under the fallback tag where there is no referrers API (G28)', async () => {
  registry.faults.hasNoReferrers = true;
  await using store = await open();
  const subject = await manifestIn(store, 'subject');
  const [first, second] = [await manifestIn(store, 'first', subject), await manifestIn(store, 'second', subject)];
  await store.attach(first);
  await store.attach(second);
  await store.attach(first);
  expect(registry.manifests.has(`acme/x ${subject.digest.replace(':', '-')}`)).toBe(true);
  await using another = await open();
  expect((await another.referrers(subject)).map(({ digest }) => digest)).toEqual([first.digest, second.digest]);
});
