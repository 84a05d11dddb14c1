/** A manifest on its way to a registry: distribution specification, "Pushing Manifests". */
import { WaybillError } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, finishHash, hashFor } from '../digest.ts';
import { MAX_MANIFEST_SIZE } from '../manifest.ts';
import type { Upload } from '../store.ts';
import { checkContent } from '../verified.ts';
import type { Access } from './authorize.ts';
import type { Session } from './session.ts';

export interface ManifestTarget {
  readonly name: string;
  readonly access: Access;
  readonly expected: Descriptor;
  /** The tag to write; the digest alone if absent. */
  readonly reference?: string;
}

export class ManifestUpload implements Upload {
  readonly id: string = randomName();
  offset = 0;
  readonly #session: Session;
  readonly #target: ManifestTarget;
  readonly #chunks: Uint8Array[] = [];

  constructor(session: Session, target: ManifestTarget) {
    this.#session = session;
    this.#target = target;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.offset += chunk.length;
    if (this.offset > MAX_MANIFEST_SIZE)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot push a manifest of more than ${MAX_MANIFEST_SIZE} bytes`);
    this.#chunks.push(Uint8Array.from(chunk));
  }

  async commit(digest: Digest): Promise<void> {
    const bytes = Buffer.concat(this.#chunks);
    const { name, access, expected, reference = digest } = this.#target;
    checkContent(
      { digest, size: expected.size },
      { digest: finishHash(hashFor(digest).update(bytes), algorithmOf(digest)), size: bytes.length },
    );
    const response = await this.#session.ask({
      method: 'PUT',
      to: `/v2/${name}/manifests/${reference}`,
      access,
      headers: { 'content-type': expected.mediaType },
      body: {
        size: bytes.length,
        async *chunks() {
          yield bytes;
        },
      },
      expect: [201, 202],
      attempt: `push ${this.#session.host}/${name}:${reference}`,
    });
    await response.discard();
  }

  async abort(): Promise<void> {
    this.#chunks.length = 0;
  }
}
