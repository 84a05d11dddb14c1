import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { seeded } from '../../../test/_support/random.ts';
import { openRepositoryAt } from '../../../test/_support/registry.ts';
import { makeFolder, packInto } from '../../../test/_support/source.ts';
import { treeOf } from '../../../test/_support/tree.ts';
import { copy } from '../../oci/copy.ts';
import { openLayout } from '../../oci/layout/layout.ts';
import { unpack } from './unpack.ts';

let registry: TestRegistry;
let root: string;
beforeEach(async () => {
  registry = await startRegistry();
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-unpack-far-'));
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

/** A package in the registry, and the folder that it was made from. */
async function pushed() {
  const random = seeded(23);
  const names = Array.from({ length: 12 }, (_, at) => `weights/${at}.bin`);
  const source = makeFolder(
    path.join(root, 'source'),
    Object.fromEntries(names.map((name, at) => [name, random.bytes(at * 200_000)])),
  );
  await packInto(path.join(root, 'store'), source, 'acme/x:1');
  await using layout = await openLayout(path.join(root, 'store'), 'read');
  const target = await layout.resolve('acme/x:1');
  if (target === undefined) throw new Error('it was packed');
  const store = await openRepositoryAt(registry.host, 'acme/x');
  await copy(layout, store, target, { name: '1' });
  return { source, store, target };
}

test('unpack() restores a package straight from a registry, several files at once, each asked for once', async () => {
  const { source, store, target } = await pushed();
  await using _ = store;
  registry.seen.length = 0;
  registry.mostAtOnce = 0;
  registry.faults.thinks = 5;
  await unpack(store, target, path.join(root, 'out'));
  const { 'waybill.yaml': _file, ...files } = treeOf(source);
  expect(treeOf(path.join(root, 'out'))).toMatchObject(files);
  expect(registry.mostAtOnce).toBeGreaterThan(1);
  const blobs = registry.seen.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
  expect(blobs.length - new Set(blobs).size).toBeLessThanOrEqual(1); // SHA256SUMS is read to be held to.
});

test('unpack() from a registry that gives wrong bytes leaves nothing', async () => {
  const { store, target } = await pushed();
  await using _ = store;
  const [largest] = [...registry.blobs.entries()].sort(([, a], [, b]) => b.length - a.length);
  registry.blobs.set(largest?.[0] ?? '', Buffer.alloc(largest?.[1].length ?? 0));
  await expect(unpack(store, target, path.join(root, 'out'))).rejects.toMatchObject({
    code: 'DIGEST_INVALID',
    message: expect.stringContaining('weights/11.bin'),
  });
  expect(fs.readdirSync(root).sort()).toEqual(['source', 'store']);
});
