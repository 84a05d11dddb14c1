/**
 * A blob on its way to a registry, as it comes: distribution specification, "Pushing blobs". With
 * a known size in one request, else in one PATCH whose digest follows. What can be read again is
 * sent by send-blob.ts instead, which resumes.
 */
import { PassThrough } from 'node:stream';
import { WaybillError } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';
import type { Descriptor } from '../descriptor.ts';
import { algorithmOf, type Digest, finishHash, hashFor } from '../digest.ts';
import type { Upload } from '../store.ts';
import { checkContent } from '../verified.ts';
import type { Access } from './authorize.ts';
import type { Session } from './session.ts';

export interface BlobTarget {
  readonly name: string;
  readonly access: Access;
  readonly expected: Descriptor | undefined;
}

/** Begins an upload session; where to send to. */
export async function beginUpload(
  session: Session,
  { name, access }: Pick<BlobTarget, 'name' | 'access'>,
): Promise<URL> {
  const response = await session.ask({
    method: 'POST',
    to: `/v2/${name}/blobs/uploads/`,
    access,
    expect: [202],
    attempt: `push to ${session.host}/${name}`,
  });
  await response.discard();
  return uploadLocation(session, response.header('location'), response.url, name);
}

/** Where an upload goes on: it gets content and credentials, so it must be the registry itself. */
export function uploadLocation(session: Session, location: string | undefined, from: URL, name: string): URL {
  if (location === undefined)
    throw new WaybillError(
      'REGISTRY_UNAVAILABLE',
      `Cannot push to ${session.host}/${name}: the registry does not say where to`,
    );
  return session.resolve(location, from);
}

export class BlobUpload implements Upload {
  readonly id: string = randomName();
  offset = 0;
  readonly #session: Session;
  readonly #target: BlobTarget & { readonly expected: Descriptor };
  readonly #location: URL;
  readonly #hash;
  readonly #stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  readonly #sent: Promise<void>;
  #isOver = false;

  static async start(session: Session, target: BlobTarget): Promise<BlobUpload> {
    if (target.expected === undefined)
      throw new WaybillError('UNSUPPORTED', `Cannot push to ${session.host}/${target.name}: the digest must be known`);
    return new BlobUpload(session, { ...target, expected: target.expected }, await beginUpload(session, target));
  }

  private constructor(session: Session, target: BlobTarget & { readonly expected: Descriptor }, location: URL) {
    this.#session = session;
    this.#target = target;
    this.#location = location;
    this.#hash = hashFor(target.expected.digest);
    // Whoever reads it gets its errors; before that nobody listens, and that must not end the process.
    this.#stream.on('error', () => {});
    this.#sent = this.#send();
    this.#sent.catch(() => {});
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.offset += chunk.length;
    this.#hash.update(chunk);
    if (this.offset > this.#target.expected.size)
      throw new WaybillError(
        'SIZE_INVALID',
        `Cannot use ${this.#target.expected.digest}: it has more than ${this.#target.expected.size} bytes`,
      );
    if (!this.#stream.write(chunk)) {
      await Promise.race([new Promise<void>((resolve) => this.#stream.once('drain', resolve)), this.#sent]);
    }
  }

  async commit(digest: Digest): Promise<void> {
    const { expected } = this.#target;
    try {
      // Before the last bytes go: a registry must not be told the digest of other content.
      checkContent(
        { digest, size: expected.size },
        { digest: finishHash(this.#hash, algorithmOf(digest)), size: this.offset },
      );
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#isOver = true;
    this.#stream.end();
    await this.#sent;
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.destroy(new Error('the upload was given up'));
    await this.#sent.catch(() => {});
  }

  async #send(): Promise<void> {
    const { name, access, expected } = this.#target;
    const to = new URL(this.#location);
    to.searchParams.set('digest', expected.digest);
    const response = await this.#session.ask({
      method: 'PUT',
      to,
      access,
      headers: { 'content-type': 'application/octet-stream' },
      body: { size: expected.size, chunks: () => this.#stream },
      expect: [201],
      attempt: `push ${expected.digest} to ${this.#session.host}/${name}`,
      isRepeatable: false,
    });
    await response.discard();
  }
}
