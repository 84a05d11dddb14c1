/** Packages in every dialect go through a registry and come back as they were: pushed, pulled, unpacked straight from it. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpack } from '../src/model/unpack/unpack.ts';
import { verify } from '../src/model/verify.ts';
import { copy } from '../src/oci/copy.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { samples } from './_support/dialect-samples.ts';
import { writeForeign } from './_support/foreign-artifact.ts';
import { startTestHub } from './_support/hub.ts';
import { openRepositoryAt } from './_support/registry.ts';
import { makeScratch } from './_support/scratch.ts';
import { openAttack } from './_support/stores.ts';
import { treeOf } from './_support/tree.ts';

const scratch = makeScratch();
let hub: Awaited<ReturnType<typeof startTestHub>>;
beforeAll(async () => {
  hub = await startTestHub(scratch.at('hub'));
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

test.each(samples.map((sample, at) => ({ ...sample, at })))('$dialect, $name', async ({ artifact, at, files }) => {
  await using from = await openAttack('oci', writeForeign(scratch.at(`made-${at}`), artifact));
  await using registry = await openRepositoryAt(hub.address, `acme/sample-${at}`);
  await copy(from.store, registry, from.target, { name: '1' });
  const target = await registry.resolve('1');
  if (target === undefined) throw new Error('the registry has no tag 1');
  expect(target).toMatchObject({ digest: from.target.digest, mediaType: from.target.mediaType });
  expect((await verify(registry, target)).verdict).toBe('pass');
  await unpack(registry, target, scratch.at(`far-${at}`));

  await using store = await openLayout(scratch.at(`store-${at}`), 'write');
  await copy(registry, store, target, { name: 'acme/pulled:1' });
  const pulled = await store.resolve('acme/pulled:1');
  if (pulled === undefined) throw new Error('nothing was pulled');
  await unpack(store, pulled, scratch.at(`near-${at}`));
  const far = treeOf(scratch.at(`far-${at}`));
  expect(treeOf(scratch.at(`near-${at}`))).toEqual(far);
  for (const [path, content] of Object.entries(files))
    expect(fs.readFileSync(scratch.at(`far-${at}`, path), 'utf8')).toBe(content);
});
