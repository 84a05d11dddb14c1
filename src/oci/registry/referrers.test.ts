/** The list of referrers that clients keep under a tag, where a registry has no referrers API. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { openRepositoryAt } from '../../../test/_support/registry.ts';
import { manifestIn } from '../../../test/contracts/store.ts';
import type { Descriptor } from '../descriptor.ts';
import { parseDigest } from '../digest.ts';
import { fallbackTag } from './referrers.ts';

let registry: TestRegistry;
const open = () => openRepositoryAt(registry.host, 'acme/x');
afterEach(() => registry[Symbol.asyncDispose]());

let subject: Descriptor;
let tag: string;
beforeEach(async () => {
  registry = await startRegistry();
  registry.faults.hasNoReferrers = true;
  await using store = await open();
  subject = await manifestIn(store, 'subject');
  tag = `acme/x ${subject.digest.replace(':', '-')}`;
});

test('attach() puts its entry into the list again when another writer took it away, and keeps his', async () => {
  await using store = await open();
  const [first, second] = [await manifestIn(store, 'first', subject), await manifestIn(store, 'second', subject)];
  await store.attach(first);
  const byAnother = registry.manifests.get(tag);
  registry.manifests.delete(tag);
  let times = 0;
  registry.faults.tagged = (key) => {
    if (key === tag && byAnother !== undefined && times++ < 2) registry.manifests.set(key, byAnother);
  };
  await store.attach(second);
  expect(times).toBe(3);
  expect((await store.referrers(subject)).map(({ digest }) => digest)).toEqual([first.digest, second.digest]);
});

test('attach() says so when its entry is taken away again and again', async () => {
  await using store = await open();
  const referrer = await manifestIn(store, 'first', subject);
  registry.faults.tagged = (key) => void registry.manifests.delete(key);
  await expect(store.attach(referrer)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('referrers() says that it cannot tell when something else stands under the tag of the list', async () => {
  await using store = await open();
  await store.tag(tag.slice('acme/x '.length), subject);
  await expect(store.referrers(subject)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  await expect(store.attach(await manifestIn(store, 'first', subject))).rejects.toThrow('is no list');
});

test('fallbackTag() is the algorithm and at most 64 digits', () => {
  expect(fallbackTag(parseDigest(`sha256:${'a'.repeat(64)}`))).toBe(`sha256-${'a'.repeat(64)}`);
  expect(fallbackTag(parseDigest(`sha512:${'b'.repeat(128)}`))).toBe(`sha512-${'b'.repeat(64)}`);
});
