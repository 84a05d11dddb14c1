/** Attack 11: a registry that gives other content than it was asked for, whatever its headers say. */
import fs from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copy } from '../../src/oci/copy.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { readContent } from '../../src/oci/verified.ts';
import { startRegistry, type TestRegistry } from '../_registry/server.ts';
import { startTestHub } from '../_support/hub.ts';
import { failureOf } from '../_support/refusal.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { makeScratch } from '../_support/scratch.ts';
import { manifestIn } from '../contracts/store.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let registry: TestRegistry;
let target: Descriptor;
let count = 0;
beforeEach(async () => {
  registry = await startRegistry();
  await using source = await memory.open('', { access: 'write' });
  target = await manifestIn(source, 'honest');
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  await copy(source, store, target, { name: '1' });
});
afterEach(() => registry[Symbol.asyncDispose]());

/** Pulls into a fresh layout, which must fail and leave nothing with a name. */
async function expectRefused(work: () => Promise<Descriptor | undefined>): Promise<void> {
  const folder = scratch.at(`layout-${count++}`);
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  await using layout = await openLayout(folder, 'write');
  const error = await failureOf(
    (async () => {
      const found = await work();
      if (found === undefined) throw new TypeError('nothing was found');
      await copy(store, layout, found, { name: 'acme/x:1' });
    })(),
  );
  expect(['DIGEST_INVALID', 'SIZE_INVALID', 'MANIFEST_INVALID', 'REGISTRY_UNAVAILABLE']).toContain(error.code);
  expect(await layout.tags()).toEqual([]);
  for (const name of fs.readdirSync(`${folder}/blobs/sha256`))
    expect(digestOf(fs.readFileSync(`${folder}/blobs/sha256/${name}`))).toBe(`sha256:${name}`);
  expect(fs.readdirSync(`${folder}/.waybill/ingest`)).toEqual([]);
}

const changes: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['changed', (bytes) => Buffer.from(bytes).fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)],
  ['cut short', (bytes) => bytes.subarray(0, -1)],
  ['none', () => Buffer.alloc(0)],
  ['more', (bytes) => Buffer.concat([bytes, Buffer.from(' ')])],
  ['of something else', () => Buffer.from('{"schemaVersion":2}')],
];

describe.each(changes)('content that is %s', (_, change) => {
  test('is refused, whichever blob it is', async () => {
    for (const digest of registry.blobs.keys()) {
      const bytes = registry.blobs.get(digest) ?? Buffer.alloc(0);
      registry.blobs.set(digest, change(bytes));
      await expectRefused(async () => target);
      registry.blobs.set(digest, bytes);
    }
    expect(registry.blobs.size).toBe(2);
  });

  test('is refused as a manifest that was asked for by its digest', async () => {
    const key = `acme/x ${target.digest}`;
    const stored = registry.manifests.get(key);
    if (stored === undefined) throw new TypeError('there is no manifest');
    registry.manifests.set(key, { ...stored, bytes: change(stored.bytes) });
    await expectRefused(async () => target);
    await using store = await openRepositoryAt(registry.host, 'acme/x');
    const error = await failureOf(store.resolve(target.digest));
    expect(['DIGEST_INVALID', 'MANIFEST_INVALID']).toContain(error.code);
  });
});

test('what the registry says of a digest in its headers is not believed', async () => {
  const wrong = digestOf('another manifest');
  registry.faults.answers = [];
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  // The right digest in the header, and other bytes behind it.
  registry.faults.flipsBytes = true;
  for (const digest of registry.blobs.keys() as Iterable<Digest>) {
    const size = registry.blobs.get(digest)?.length ?? 0;
    const error = await failureOf(readContent(store, { mediaType: 'application/x', digest, size }, 10_000, 'it'));
    expect(error.code).toBe('DIGEST_INVALID');
  }
  registry.faults.flipsBytes = false;
  // A wrong digest in the header, and honest bytes behind it: the bytes decide.
  const found = await store.resolve('1');
  expect([found?.digest, found?.digest === wrong]).toEqual([target.digest, false]);
});

test('the hub takes no content for another, whatever a client says of it', async () => {
  await using hub = await startTestHub(scratch.at('hub'));
  const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
  const type = 'application/vnd.oci.image.index.v1+json';
  const send = (method: string, where: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${hub.address}/v2/acme/x/${where}`, {
      method,
      body,
      headers: { 'content-type': type, 'docker-content-digest': digestOf('other'), ...headers },
    });
  expect((await send('PUT', `manifests/${digestOf('other')}`, manifest)).status).toBe(400);
  expect((await send('POST', `blobs/uploads/?digest=${digestOf('other')}`, 'blob')).status).toBe(400);
  const put = await send('PUT', 'manifests/1', manifest);
  expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, digestOf(manifest)]);
  for (const where of [`manifests/${digestOf('other')}`, `blobs/${digestOf('other')}`])
    expect((await fetch(`${hub.address}/v2/acme/x/${where}`)).status).toBe(404);
});
