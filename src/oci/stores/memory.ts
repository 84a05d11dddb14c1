/** A store in memory: for tests, and for putting small artifacts together before they are copied. */

import { streamOf } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, finishHash, hashFor, isDigest } from '../digest.ts';
import { isManifestType, parseManifest } from '../manifest.ts';
import type { ArtifactStore, Content, TaggedDescriptor, Upload } from '../store.ts';
import type { StoreKind } from '../store-kind.ts';
import { checkContent, verifyWhileReading } from '../verified.ts';

export const memory: StoreKind = {
  id: 'memory',
  description: 'in memory, gone with the process',
  open: async () => new MemoryStore(),
};

class MemoryStore implements ArtifactStore, AsyncDisposable {
  readonly #blobs = new Map<Digest, Buffer>();
  readonly #names = new Map<string, Descriptor>();
  readonly #referrers = new Map<Digest, Descriptor>();

  async stat(target: Descriptor): Promise<Descriptor | undefined> {
    const bytes = this.#blobs.get(target.digest);
    return bytes === undefined ? undefined : { ...target, size: bytes.length };
  }

  async open(target: Descriptor): Promise<Content> {
    const bytes = this.#blobs.get(target.digest);
    if (bytes === undefined)
      throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${target.digest}: the store does not hold it`);
    return {
      size: bytes.length,
      verified: () => verifyWhileReading(streamOf(bytes), target),
      unverifiedRange: ({ start, end }) => streamOf(bytes.subarray(start, end)),
    };
  }

  async start(expected?: Descriptor): Promise<Upload> {
    const chunks: Uint8Array[] = [];
    let offset = 0;
    const blobs = this.#blobs;
    return {
      id: randomName(),
      get offset() {
        return offset;
      },
      async write(chunk) {
        chunks.push(Uint8Array.from(chunk));
        offset += chunk.length;
      },
      async commit(digest) {
        const bytes = Buffer.concat(chunks);
        const found = finishHash(hashFor(digest).update(bytes), algorithmOf(digest));
        checkContent({ digest, size: expected?.size ?? bytes.length }, { digest: found, size: bytes.length });
        blobs.set(digest, bytes);
      },
      async abort() {
        chunks.length = 0;
      },
    };
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    if (!isDigest(reference)) return this.#names.get(reference);
    const bytes = this.#blobs.get(reference);
    return bytes && { mediaType: parseManifest(bytes).mediaType, digest: reference, size: bytes.length };
  }

  async tag(name: string, target: Descriptor): Promise<void> {
    this.#names.set(name, target);
  }

  async untag(name: string): Promise<boolean> {
    return this.#names.delete(name);
  }

  async tags(): Promise<readonly TaggedDescriptor[]> {
    return [...this.#names].map(([name, target]) => ({ name, target }));
  }

  async referrers(subject: Descriptor): Promise<readonly Descriptor[]> {
    return [...this.#referrers.values()].filter(({ digest, mediaType }) => {
      const bytes = this.#blobs.get(digest);
      return (
        bytes !== undefined && isManifestType(mediaType) && parseManifest(bytes).subject?.digest === subject.digest
      );
    });
  }

  async attach(referrer: Descriptor): Promise<void> {
    this.#referrers.set(referrer.digest, referrer);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
