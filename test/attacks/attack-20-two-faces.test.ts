/** Attack 20: a registry that shows one manifest when it is looked at and another when it is pulled. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copy } from '../../src/oci/copy.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { startRegistry, type TestRegistry } from '../_registry/server.ts';
import { failureOf } from '../_support/refusal.ts';
import { openRepositoryAt } from '../_support/registry.ts';
import { manifestIn } from '../contracts/store.ts';

let registry: TestRegistry;
let good: Descriptor;
let evil: Descriptor;
beforeEach(async () => {
  registry = await startRegistry();
  await using source = await memory.open('', { access: 'write' });
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  good = await manifestIn(source, 'good');
  evil = await manifestIn(source, 'evil');
  await copy(source, store, evil, { name: 'evil' });
  await copy(source, store, good, { name: '1' });
  registry.seen.splice(0);
});
afterEach(() => registry[Symbol.asyncDispose]());

const moveTag = () => {
  const stored = registry.manifests.get('acme/x evil');
  if (stored === undefined) throw new TypeError('there is no evil manifest');
  registry.manifests.set('acme/x 1', stored);
};

test('a tag is asked for once: what is copied is what was resolved, though the tag has moved since', async () => {
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  const target = await store.resolve('1');
  moveTag();
  await using to = await memory.open('', { access: 'write' });
  if (target === undefined) throw new TypeError('the tag was not found');
  await copy(store, to, target, { name: '1' });
  expect((await to.resolve('1'))?.digest).toBe(good.digest);
  expect(registry.seen.filter(({ path }) => path.endsWith('/manifests/1'))).toHaveLength(1);
  for (const { path } of registry.seen.slice(1)) expect(path).toMatch(/sha256:[0-9a-f]{64}/);
});

test('other bytes behind the resolved digest are refused', async () => {
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  const target = await store.resolve('1');
  const stored = registry.manifests.get('acme/x evil');
  if (target === undefined || stored === undefined) throw new TypeError('nothing to swap');
  registry.manifests.set(`acme/x ${good.digest}`, stored);
  await using to = await memory.open('', { access: 'write' });
  const error = await failureOf(copy(store, to, target, { name: '1' }));
  expect(['DIGEST_INVALID', 'SIZE_INVALID']).toContain(error.code);
  expect(await to.tags()).toEqual([]);
});

test('a reference with a digest is never answered by a tag', async () => {
  moveTag();
  await using store = await openRepositoryAt(registry.host, 'acme/x');
  expect((await store.resolve(good.digest))?.digest).toBe(good.digest);
  expect(registry.seen.map(({ path }) => path)).toEqual([`/v2/acme/x/manifests/${good.digest}`]);
});
