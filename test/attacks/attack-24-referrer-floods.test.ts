/** Attack 24: more referrers than anybody reads, long ones, and lists under tags that others must not write. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/main.ts';
import { copy } from '../../src/oci/copy.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { IMAGE_INDEX } from '../../src/oci/media-types.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { startTestHub } from '../_support/hub.ts';
import { failureOf } from '../_support/refusal.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { manifestIn } from '../contracts/store.ts';

const FLOOD = 1_200;
const MIB = 1024 * 1024;

let scratch: Scratch;
let hub: Hub;
let subject: Descriptor;
beforeEach(async () => {
  scratch = makeScratch();
  hub = await startTestHub(scratch.at('hub'));
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  subject = await manifestIn(store, 'subject');
  await store.tag('1', subject);
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const put = (reference: string, manifest: unknown) =>
  fetch(`${hub.address}/v2/acme/x/manifests/${reference}`, {
    method: 'PUT',
    body: JSON.stringify(manifest),
    headers: { 'content-type': IMAGE_INDEX },
  });
const mediaType = IMAGE_INDEX;
const referrer = (note: string, artifactType = 'application/x-flood') => ({
  schemaVersion: 2,
  mediaType,
  artifactType,
  manifests: [],
  subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
  annotations: { note },
});
const referrerTag = (manifest: unknown) => digestOf(JSON.stringify(manifest));

async function attach(note: string, artifactType?: string): Promise<number> {
  const manifest = referrer(note, artifactType);
  return (await put(referrerTag(manifest), manifest)).status;
}

test(`${FLOOD} referrers: the list comes in pages, a filter finds the one that matters, and a copy says that it is too much`, async () => {
  for (let at = 0; at < FLOOD; at += 40)
    await Promise.all(Array.from({ length: 40 }, (_, step) => attach(`${at + step}`)));
  expect(await attach('the signature', 'application/x-signature')).toBe(201);
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  expect(await store.referrers(subject)).toHaveLength(FLOOD + 1);
  const filtered = await fetch(
    `${hub.address}/v2/acme/x/referrers/${subject.digest}?artifactType=application/x-signature`,
  );
  expect(((await filtered.json()) as { manifests: unknown[] }).manifests).toHaveLength(1);
  await using to = await memory.open('', { access: 'write' });
  expect((await failureOf(copy(store, to, subject, { name: '1' }))).code).toBe('LIMIT_EXCEEDED');
  expect(await to.tags()).toEqual([]);
  // Without them it is what it was.
  await copy(store, to, subject, { name: '1', referrers: false });
});

test('referrers of megabytes do not make the list longer than clients read', async () => {
  expect(await attach('x'.repeat(3 * MIB))).toBe(413);
  for (let at = 0; at < 80; at++) expect(await attach(`${at}`.padEnd(60_000, '.'))).toBe(201);
  let where = `/v2/acme/x/referrers/${subject.digest}`;
  let found = 0;
  while (where !== '') {
    const page = await fetch(`${hub.address}${where}`);
    const text = await page.text();
    expect(text.length).toBeLessThan(3 * MIB);
    found += JSON.parse(text).manifests.length;
    where = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  }
  expect(found).toBe(80);
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  expect(await store.referrers(subject)).toHaveLength(80);
});

test('nobody writes the list of what is attached to a digest that is not here', async () => {
  const list = { schemaVersion: 2, mediaType, manifests: [] };
  const absent = digestOf('comes later').replace(':', '-');
  for (const tag of [
    absent,
    `${absent}.sig`,
    `${absent}.att`,
    `${absent}.`,
    `sha512-${'a'.repeat(64)}`,
    `sha512-${'a'.repeat(121)}`,
  ]) {
    expect([tag, (await put(tag, list)).status]).toEqual([tag, 403]);
    expect((await fetch(`${hub.address}/v2/acme/x/manifests/${tag}`)).status).toBe(404);
  }
  const beside = await put(`${referrerTag(list)}?tag=${absent}`, list);
  expect(beside.status).toBe(403);
  // For a manifest that is here, as cosign writes them; and what only looks like it.
  const present = subject.digest.replace(':', '-');
  for (const tag of [present, `${present}.sig`, 'sha256-short', `sha256-${'A'.repeat(64)}`])
    expect([tag, (await put(tag, list)).status]).toEqual([tag, 201]);
});

test('what a list under a tag says is not what the hub says', async () => {
  const present = subject.digest.replace(':', '-');
  const planted = { mediaType, digest: digestOf('planted'), size: 7, artifactType: 'application/x-signature' };
  expect((await put(present, { schemaVersion: 2, mediaType, manifests: [planted] })).status).toBe(201);
  await using store = await openRepositoryAt(hub.address, 'acme/x');
  expect(await store.referrers(subject)).toEqual([]);
});
