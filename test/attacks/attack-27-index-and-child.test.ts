/** Attack 27: an index says one thing, what it names is another: each is reached by its digest and verified by it. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { copy } from '../../src/oci/copy.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf, encodedOf } from '../../src/oci/digest.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { IMAGE_INDEX, IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { ArtifactStore } from '../../src/oci/store.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { pushBytes } from '../../src/oci/verified.ts';
import { runCli } from '../_support/cli.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { manifestIn } from '../contracts/store.ts';

let scratch: Scratch;
let children: Descriptor[];
beforeEach(() => {
  scratch = makeScratch();
  children = [];
});
afterEach(() => scratch[Symbol.dispose]());

/** An index in a layout, under a name. @param say what it says of its first child */
async function indexed(say: (child: Descriptor) => object = (child) => child): Promise<string> {
  const folder = scratch.at('layout');
  await using layout = await openLayout(folder, 'write');
  children = [await manifestIn(layout, 'linux'), await manifestIn(layout, 'windows')];
  await pushIndex(layout, [say(children[0] ?? { mediaType: '', digest: digestOf(''), size: 0 }), children[1]]);
  return folder;
}

async function pushIndex(store: ArtifactStore, manifests: readonly unknown[]): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }));
  await store.tag('acme/x:1', await pushBytes(store, IMAGE_INDEX, bytes));
}

/** Copies the index elsewhere. @returns the code with which it fails, and what has a name there */
async function copied(folder: string): Promise<{ code: string; names: number }> {
  await using layout = await openLayout(folder, 'read');
  await using to = await memory.open('', { access: 'write' });
  const target = await layout.resolve('acme/x:1');
  if (target === undefined) throw new TypeError('the index has no name');
  try {
    await copy(layout, to, target, { name: 'acme/x:1' });
    return { code: 'none', names: (await to.tags()).length };
  } catch {
    const error = await failureOf(copy(layout, to, target, { name: 'acme/x:1' }));
    return { code: error.code, names: (await to.tags()).length };
  }
}

test('an honest index is copied with all that it names', async () => {
  expect(await copied(await indexed())).toEqual({ code: 'none', names: 1 });
});

test.each([0, 1])('child %i with other bytes than its digest is refused, and the index gets no name', async (which) => {
  const folder = await indexed();
  const file = `${folder}/blobs/sha256/${encodedOf(children[which]?.digest ?? digestOf(''))}`;
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(
    file,
    text.replace(/"size":\d/, (found) => `${found.slice(0, -1)}9`),
  );
  expect(await copied(folder)).toEqual({ code: 'DIGEST_INVALID', names: 0 });
});

test.each([
  ['another digest', (child: Descriptor) => ({ ...child, digest: digestOf('another') }), 'BLOB_UNKNOWN'],
  ['another size', (child: Descriptor) => ({ ...child, size: child.size + 1 }), 'SIZE_INVALID'],
  ['another type', (child: Descriptor) => ({ ...child, mediaType: IMAGE_INDEX }), 'MANIFEST_INVALID'],
])('an index that says %s of a child is refused', async (_, say, code) => {
  expect(await copied(await indexed(say))).toEqual({ code, names: 0 });
});

test('an index is no package: verifying one never passes, whatever its children are', async () => {
  const folder = await indexed();
  await using layout = await openLayout(folder, 'read');
  const target = await layout.resolve('acme/x:1');
  if (target === undefined) throw new TypeError('the index has no name');
  const outcome = await verify(layout, target).then(
    ({ verdict }) => verdict,
    ({ code }) => code,
  );
  expect(['fail', 'UNSUPPORTED', 'MANIFEST_INVALID']).toContain(outcome);
  // The same bytes under the type of a manifest are not one either.
  const posing = { ...target, mediaType: IMAGE_MANIFEST };
  const posed = await verify(layout, posing).then(
    ({ verdict }) => verdict,
    ({ code }) => code,
  );
  expect(['fail', 'MANIFEST_INVALID']).toContain(posed);
  const { status, stdout } = await runCli(['verify', `oci:${folder}:acme/x:1`], { store: scratch.at('store') });
  expect([1, 2]).toContain(status);
  expect(stdout).not.toContain('pass');
});

test('an index is verified with the store that holds it, child by child', async () => {
  const folder = await indexed();
  const verifyStore = () => runCli(['verify', '--store', folder], { store: folder });
  expect((await verifyStore()).status).toBe(0);
  const file = `${folder}/blobs/sha256/${encodedOf(children[0]?.digest ?? digestOf(''))}`;
  fs.appendFileSync(file, ' ');
  expect((await verifyStore()).status).toBe(1);
});
