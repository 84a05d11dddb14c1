import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hubSettings, startTestHub } from '../../test/_support/hub.ts';
import { plainNetwork } from '../../test/_support/registry.ts';
import { manifestIn, testStore } from '../../test/contracts/store.ts';
import { copy } from '../oci/copy.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { digestOf } from '../oci/digest.ts';
import { childrenOf, MAX_MANIFEST_SIZE, parseManifest } from '../oci/manifest.ts';
import type { OpenStore } from '../oci/store-kind.ts';
import { memory } from '../oci/stores/memory.ts';
import { registry as kind } from '../oci/stores/registry.ts';
import { pushBytes, readContent } from '../oci/verified.ts';
import type { ServedRequest } from './http/server.ts';
import type { Hub } from './main.ts';
import { reindex } from './registry/reindex.ts';
import { openStorage } from './storage.ts';

let folder: string;
let hub: Hub;
let log: ServedRequest[];
const start = () => startTestHub(folder, { served: (request) => void log.push(request) });
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-hub-'));
  log = [];
  hub = await start();
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

/** Every child of a manifest, read and verified. */
async function verifyAll(store: OpenStore, target: Descriptor): Promise<Buffer[]> {
  const manifest = parseManifest(await readContent(store, target, MAX_MANIFEST_SIZE, 'manifest'), target.mediaType);
  return Promise.all(childrenOf(manifest).map((child) => readContent(store, child, 10_000, 'child')));
}

const at = (name: string) =>
  kind.open(`${new URL(hub.address).host}/${name}`, { access: 'write', network: plainNetwork });
const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);

testStore(
  'the registry client and the hub',
  async () => {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-hub-'));
    const served = await startTestHub(own);
    const store = await kind.open(`${new URL(served.address).host}/acme/x`, { access: 'write', network: plainNetwork });
    return {
      writable: store,
      reopen: async () => store,
      async remove() {
        await store[Symbol.asyncDispose]();
        await served[Symbol.asyncDispose]();
        fs.rmSync(own, { recursive: true });
      },
    };
  },
  { takesUnknownDigests: false, namePrefix: '' },
);

test('a blob is readable only through a repository that references it', async () => {
  await using one = await at('acme/one');
  const blob = await pushBytes(one, 'application/octet-stream', Buffer.from('secret weights'));
  expect((await ask(`/v2/acme/one/blobs/${blob.digest}`)).status).toBe(200);
  expect((await ask(`/v2/acme/two/blobs/${blob.digest}`)).status).toBe(404);
  expect((await ask(`/v2/acme/two/blobs/${blob.digest}`, { method: 'HEAD' })).status).toBe(404);
});

test('blobs are stored once for all repositories', async () => {
  await using source = await memory.open('', { access: 'write' });
  const target = await manifestIn(source, 'shared');
  for (const name of ['acme/one', 'acme/two']) {
    await using store = await at(name);
    await copy(source, store, target, { name: '1' });
  }
  const files = fs
    .readdirSync(path.join(folder, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  expect(files).toHaveLength(3);
});

test('ranges are answered as RFC 9110 has them', async () => {
  await using store = await at('acme/x');
  const { digest } = await pushBytes(store, 'application/octet-stream', Buffer.from('0123456789'));
  const range = async (value: string) => {
    const response = await ask(`/v2/acme/x/blobs/${digest}`, { headers: { range: value } });
    return `${response.status} ${response.headers.get('content-range')} ${response.status < 300 ? await response.text() : ''}`.trim();
  };
  expect(await range('bytes=2-4')).toBe('206 bytes 2-4/10 234');
  expect(await range('bytes=8-')).toBe('206 bytes 8-9/10 89');
  expect(await range('bytes=-3')).toBe('206 bytes 7-9/10 789');
  expect(await range('bytes=8-99')).toBe('206 bytes 8-9/10 89');
  expect(await range('bytes=10-')).toBe('416 bytes */10');
  expect(await range('bytes=5-4')).toBe('416 bytes */10');
  expect(await range('lines=1-2')).toBe('200 null 0123456789');
  const head = await ask(`/v2/acme/x/blobs/${digest}`, { method: 'HEAD', headers: { range: 'bytes=2-4' } });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  const empty = await pushBytes(store, 'application/octet-stream', Buffer.alloc(0));
  for (const [value, status] of [
    ['bytes=-5', 200],
    ['bytes=0-', 416],
    ['bytes=-0', 200],
  ] as const)
    expect((await ask(`/v2/acme/x/blobs/${empty.digest}`, { headers: { range: value } })).status).toBe(status);
});

test('an upload goes on after the hub was started again', async () => {
  const begun = await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' });
  const location = begun.headers.get('location') ?? '';
  const bytes = randomBytes(100_000);
  await ask(location, { method: 'PATCH', body: bytes.subarray(0, 60_000), headers: { 'content-range': '0-59999' } });
  await hub[Symbol.asyncDispose]();
  hub = await start();
  const status = await ask(location);
  expect([status.status, status.headers.get('range')]).toEqual([204, '0-59999']);
  await ask(location, { method: 'PATCH', body: bytes.subarray(60_000), headers: { 'content-range': '60000-99999' } });
  expect((await ask(`${location}?digest=${digestOf(bytes)}`, { method: 'PUT' })).status).toBe(201);
  expect(Buffer.from(await (await ask(`/v2/acme/x/blobs/${digestOf(bytes)}`)).arrayBuffer()).equals(bytes)).toBe(true);
});

test('a chunk that does not follow is 416 and says where the upload is', async () => {
  const location = (await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
  await ask(location, { method: 'PATCH', body: 'abc', headers: { 'content-range': '0-2' } });
  const wrong = await ask(location, { method: 'PATCH', body: 'xyz', headers: { 'content-range': '5-7' } });
  expect([wrong.status, wrong.headers.get('range')]).toEqual([416, '0-2']);
});

test('wrong bytes never become visible, and the upload is forgotten', async () => {
  const location = (await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
  const wrong = await ask(`${location}?digest=${digestOf('other')}`, { method: 'PUT', body: 'bytes' });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ errors: [{ code: 'DIGEST_INVALID' }] });
  expect((await ask(`/v2/acme/x/blobs/${digestOf('other')}`)).status).toBe(404);
  expect((await ask(location)).status).toBe(404);
  expect(fs.readdirSync(path.join(folder, 'uploads'))).toEqual([]);
});

test('an upload belongs to its repository', async () => {
  const location = (await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
  expect((await ask(location.replace('acme/x', 'acme/y'))).status).toBe(404);
});

test.each([
  ['both layers and manifests', { schemaVersion: 2, config: {}, layers: [], manifests: [] }],
  [
    'a mediaType that is not the header',
    { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] },
  ],
  [
    'a hostile digest',
    { schemaVersion: 2, config: { mediaType: 'a/b', digest: 'sha256:../../x', size: 1 }, layers: [] },
  ],
])('a manifest with %s is refused', async (_, manifest) => {
  const response = await ask('/v2/acme/x/manifests/1', {
    method: 'PUT',
    body: JSON.stringify(manifest),
    headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
  });
  expect(response.status).toBe(400);
});

test('a manifest above 4 MiB is 413', async () => {
  const body = JSON.stringify({ schemaVersion: 2, annotations: { long: 'x'.repeat(5 * 1024 * 1024) } });
  const response = await ask('/v2/acme/x/manifests/1', {
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
  });
  expect(response.status).toBe(413);
});

test('tags and referrers come in pages', async () => {
  await using store = await at('acme/x');
  const subject = await manifestIn(store, 'subject');
  for (const name of ['a', 'b', 'c']) await store.tag(name, subject);
  for (const note of ['1', '2', '3']) await manifestIn(store, note, subject);
  const first = await ask('/v2/acme/x/tags/list?n=2');
  expect(await first.json()).toEqual({ name: 'acme/x', tags: ['a', 'b'] });
  const link = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(await (await ask(link)).json()).toEqual({ name: 'acme/x', tags: ['c'] });
  const page = await ask(`/v2/acme/x/referrers/${subject.digest}?n=2`);
  expect(((await page.json()) as { manifests: unknown[] }).manifests).toHaveLength(2);
  expect(page.headers.get('link')).toContain('rel="next"');
  expect(await store.referrers(subject)).toHaveLength(3);
});

test('reindex() makes the database anew from the store alone', async () => {
  await using store = await at('acme/deep/name');
  const subject = await manifestIn(store, 'subject');
  await store.tag('1.0', subject);
  await store.tag('gone', subject);
  await store.untag('gone');
  const referrer = await manifestIn(store, 'about it', subject);
  await hub[Symbol.asyncDispose]();
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('hub.sqlite')))
    fs.rmSync(path.join(folder, name));
  {
    await using storage = await openStorage(hubSettings(folder), () => Date.now());
    expect(await reindex(storage)).toEqual({ manifests: 2, tags: 1, findings: [] });
  }
  hub = await start();
  await using again = await at('acme/deep/name');
  expect(await again.tags()).toMatchObject([{ name: '1.0', target: { digest: subject.digest } }]);
  expect(await again.referrers(subject)).toMatchObject([{ digest: referrer.digest }]);
  expect((await verifyAll(again, subject)).length).toBe(2);
});

test('a second hub in the same folder is refused', async () => {
  await expect(start()).rejects.toMatchObject({ code: 'STORE_BUSY' });
});

test('requests are logged with an id and without what others may not see', async () => {
  await ask('/v2/', { headers: { authorization: 'Basic c2VjcmV0OnNlY3JldA==' } });
  // A request is logged once its answer has gone, which may be after it has arrived.
  const seen = () => log.filter(({ path }) => path === '/v2/');
  await expect.poll(seen).toMatchObject([{ method: 'GET', path: '/v2/', route: 'base', status: 200 }]);
  expect(JSON.stringify(log)).not.toContain('c2VjcmV0');
});

test('a tag under a rule is set once, and neither moves nor goes', async () => {
  await hub[Symbol.asyncDispose]();
  hub = await startTestHub(folder, { settings: { immutableTags: ['acme/*:v*'] } });
  await using store = await at('acme/x');
  const [first, second] = [await manifestIn(store, 'first'), await manifestIn(store, 'second')];
  await store.tag('v1', first);
  await store.tag('v1', first);
  await store.tag('latest', first);
  await store.tag('latest', second);
  await expect(store.tag('v1', second)).rejects.toThrow(/keeps it there/);
  await expect(store.untag('v1')).rejects.toThrow(/keeps it there/);
  expect((await ask(`/v2/acme/x/manifests/${first.digest}`, { method: 'DELETE' })).status).toBe(409);
  expect((await ask(`/v2/acme/x/manifests/${second.digest}`, { method: 'DELETE' })).status).toBe(202);
  expect(await store.tags()).toMatchObject([{ name: 'v1', target: { digest: first.digest } }]);
  await using other = await at('other/x');
  await other.tag('v1', await manifestIn(other, 'first'));
  await other.tag('v1', await manifestIn(other, 'second'));
});

test('/metrics counts requests by route, and no path or name appears in it', async () => {
  await ask('/v2/acme/secret-project/tags/list');
  await ask('/v2/acme/secret-project/tags/list');
  await ask('/nothing/here?token=1');
  const answer = await ask('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain('waybill_http_request_duration_seconds_count{method="GET",route="tags",status="404"} 2\n');
  expect(text).toContain('route="none",status="404"');
  expect(text).toContain('waybill_http_requests_under_way 1\n');
  expect(text).not.toMatch(/secret-project|nothing|token/);
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+)$/);
});
