/** One hand-made artifact in every kind of store that Waybill reads. */
import fs from 'node:fs';
import path from 'node:path';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { parseDigest, sha256Digest } from '../../src/oci/digest.ts';
import { IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { OpenStore } from '../../src/oci/store-kind.ts';
import { archive } from '../../src/oci/stores/archive.ts';
import { layout } from '../../src/oci/stores/layout.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { push } from '../../src/oci/verified.ts';
import { blobFile, type Made } from './artifact-maker.ts';
import { type RawEntry, rawTar } from './raw-tar.ts';

export interface OpenAttack extends AsyncDisposable {
  readonly kind: string;
  readonly store: OpenStore;
  readonly target: Descriptor;
}

export const storeKinds = ['oci', 'oci-archive', 'memory'] as const;

/** Opens the artifact in a store of this kind, found by its name where the store was written by hand. */
export async function openAttack(kind: (typeof storeKinds)[number], made: Made): Promise<OpenAttack> {
  const store = await {
    oci: () => layout.open(made.folder, { access: 'read' }),
    'oci-archive': () => archive.open(archiveOf(made.folder), { access: 'read' }),
    memory: () => memoryOf(made),
  }[kind]();
  const known = { mediaType: made.mediaType ?? IMAGE_MANIFEST, digest: parseDigest(made.digest), size: made.size };
  const target = kind === 'memory' ? known : await store.resolve(made.name);
  if (target === undefined) throw new Error(`the ${kind} has no ${made.name}`);
  return { kind, store, target, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** The layout as a tar beside its folder, made anew on each call, with more entries behind its own. */
export function archiveOf(folder: string, ...more: readonly (RawEntry | Uint8Array)[]): string {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.lstatSync(path.join(folder, name)).isFile());
  const own = files.map((name) => ({ name, content: fs.readFileSync(path.join(folder, name)) }));
  const file = `${folder}.tar`;
  fs.writeFileSync(file, rawTar(...own, ...more));
  return file;
}

/** Only what is true of its digest can be put into memory; the rest is missing there. */
async function memoryOf({ folder, blobs }: Made): Promise<OpenStore> {
  const store = await memory.open('', { access: 'write' });
  for (const digest of blobs) {
    const bytes = fs.readFileSync(blobFile(folder, digest));
    const target = { mediaType: 'application/octet-stream', digest: sha256Digest(digest.slice(7)), size: bytes.length };
    await push(
      store,
      target,
      (async function* () {
        yield bytes;
      })(),
    );
  }
  return store;
}
