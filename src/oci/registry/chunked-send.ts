/**
 * Sends a blob to a registry chunk by chunk: distribution specification, "Pushing a blob in chunks".
 * What has arrived is asked of the registry, so that a broken line, and a process that was killed,
 * cost one chunk at most. The digest is named at the end, and need not be known before.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../digest.ts';
import type { ByteRange } from '../store.ts';
import type { Access } from './authorize.ts';
import { beginUpload, uploadLocation } from './blob-upload.ts';
import type { UploadRecords } from './records.ts';
import type { Session } from './session.ts';

export interface ChunkedBlob {
  readonly name: string;
  readonly access: Access;
  readonly records: UploadRecords;
  /** What the blob is called in messages, and in the records of uploads that have begun. */
  readonly shown: string;
  readonly key: string;
  readonly size: number;
  read(range: ByteRange): AsyncIterable<Uint8Array>;
  /** Asked for when all has been sent. */
  digest(): Promise<Digest>;
  advance(bytes: number): void;
}

export interface SentBlob {
  /** Bytes that went over the line. */
  readonly bytesSent: number;
  /** Bytes that an earlier process had sent. */
  readonly resumedAt: number;
}

/** Connections break; after so many in one blob the registry is not worth more. */
export const MAX_BREAKS = 5;
/** A kill costs at most one chunk: a 32nd of the blob, and never more than 96 MiB. */
const CHUNKS = 32;
const MAX_CHUNK = 96 * 1024 * 1024;
const MIN_CHUNK = 8 * 1024 * 1024;

/** @throws WaybillError as requests and reading fail; an upload of what has changed is cancelled */
export async function sendChunked(session: Session, blob: ChunkedBlob): Promise<SentBlob & { digest: Digest }> {
  const send = new ChunkedSend(session, blob);
  try {
    return await send.run();
  } catch (error) {
    if (error instanceof WaybillError && CONTENT_FAILURES.has(error.code)) await send.cancel();
    throw error;
  }
}

/** Nobody can ever go on with these. */
const CONTENT_FAILURES: ReadonlySet<string> = new Set(['FILE_CHANGED', 'FILE_UNREADABLE', 'SIZE_INVALID']);

class ChunkedSend {
  readonly #session: Session;
  readonly #blob: ChunkedBlob;
  readonly #key: string;
  readonly #attempt: string;
  #location: URL | undefined;
  #offset = 0;
  #bytesSent = 0;
  #resumedAt = 0;

  constructor(session: Session, blob: ChunkedBlob) {
    this.#session = session;
    this.#blob = blob;
    this.#key = `${session.host} ${blob.name} ${blob.key}`;
    this.#attempt = `push ${blob.shown} to ${session.host}/${blob.name}`;
  }

  async run(): Promise<SentBlob & { digest: Digest }> {
    await this.#resume();
    this.#resumedAt = this.#offset;
    this.#blob.advance(this.#resumedAt);
    for (let breaks = 0; ; breaks++) {
      await this.#sendRest();
      const digest = await this.#blob.digest();
      if (await this.#finish(digest)) {
        this.#blob.records.forget(this.#key);
        return { digest, bytesSent: this.#bytesSent, resumedAt: this.#resumedAt };
      }
      if (breaks >= MAX_BREAKS)
        throw new WaybillError('REGISTRY_UNAVAILABLE', `Cannot ${this.#attempt}: it loses the upload again and again`);
      this.#location = await this.#begin();
    }
  }

  /** Takes back what was begun, as far as the registry lets us: its own expiry does the rest. */
  async cancel(): Promise<void> {
    this.#blob.records.forget(this.#key);
    if (this.#location === undefined) return;
    const { access } = this.#blob;
    try {
      const response = await this.#session.ask({
        method: 'DELETE',
        to: this.#location,
        access,
        expect: [200, 202, 204, 404],
        attempt: `cancel the ${this.#attempt}`,
        isRepeatable: false,
      });
      await response.discard();
    } catch {
      // Why the upload is cancelled is what has to be told.
    }
  }

  async #resume(): Promise<void> {
    const recorded = this.#blob.records.find(this.#key);
    if (recorded !== undefined) {
      this.#location = this.#session.resolve(recorded);
      await this.#askOffset();
    }
    this.#location ??= await this.#begin();
  }

  async #begin(): Promise<URL> {
    this.#offset = 0;
    this.#resumedAt = 0;
    const location = await beginUpload(this.#session, this.#blob);
    this.#blob.records.remember(this.#key, location.href);
    return location;
  }

  async #sendRest(): Promise<void> {
    for (let breaks = 0; this.#offset < this.#blob.size; ) {
      let failure: unknown;
      try {
        if (await this.#chunk()) {
          breaks = 0;
          continue;
        }
      } catch (error) {
        if (!isBreak(error)) throw error;
        failure = error;
      }
      if (breaks++ >= MAX_BREAKS)
        throw failure ?? new WaybillError('REGISTRY_UNAVAILABLE', `Cannot ${this.#attempt}: it takes no more of it`);
      await this.#askOffset();
    }
  }

  /** What the registry has: `Range: 0-N` of the upload, or nothing when it has forgotten it. */
  async #askOffset(): Promise<void> {
    const { access, name, size, shown } = this.#blob;
    const response = await this.#session.ask({
      method: 'GET',
      to: this.#location ?? '/',
      access,
      expect: [204, 200, 404, 400],
      attempt: `go on with the push to ${this.#session.host}/${name}`,
    });
    await response.discard();
    const end = /^(?:bytes=)?0-(\d+)$/.exec(response.header('range') ?? '')?.[1];
    if (response.status !== 204 && response.status !== 200) {
      this.#location = await this.#begin();
      return;
    }
    // An empty upload is told as 0-0 by some, which would also be one byte: then it begins anew.
    const offset = end === undefined || end === '0' ? 0 : Number(end) + 1;
    if (offset > size)
      throw new WaybillError(
        'SIZE_INVALID',
        `Cannot go on with the push of ${shown}: the registry has more bytes than it has`,
      );
    this.#offset = offset;
    const location = response.header('location');
    if (location !== undefined) this.#location = this.#session.resolve(location, response.url);
  }

  /** Whether the registry took it; it does not where it has other bytes than we think. */
  async #chunk(): Promise<boolean> {
    const { access, name, size, records } = this.#blob;
    const start = this.#offset;
    const length = Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, Math.ceil(size / CHUNKS)));
    const end = Math.min(size, start + length);
    const response = await this.#session.ask({
      method: 'PATCH',
      to: this.#location ?? '/',
      access,
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
      body: {
        size: end - start,
        chunks: () => this.#blob.read({ start, end }),
        sent: (bytes) => {
          this.#bytesSent += bytes;
          this.#blob.advance(bytes);
        },
      },
      expect: [202, 416],
      attempt: this.#attempt,
      isRepeatable: false,
    });
    await response.discard();
    if (response.status === 416) return false;
    const location = response.header('location') ?? this.#location?.href;
    this.#location = uploadLocation(this.#session, location, response.url, name);
    this.#offset = end;
    records.remember(this.#key, this.#location.href);
    return true;
  }

  /** Whether the registry has the blob now. It has not if it lost the upload, or what another process had sent of it was not this. */
  async #finish(digest: Digest): Promise<boolean> {
    const { access, records } = this.#blob;
    const to = new URL(this.#location ?? '/', `http://${this.#session.host}`);
    to.searchParams.set('digest', digest);
    try {
      const response = await this.#session.ask({
        method: 'PUT',
        to,
        access,
        expect: [201, 404],
        attempt: this.#attempt,
      });
      await response.discard();
      // The answer to a first try may have been lost on its way, or another process was faster.
      return response.status === 201 || (await this.#holds(digest));
    } catch (error) {
      const isWrong = error instanceof WaybillError && error.code === 'DIGEST_INVALID';
      if (isWrong) records.forget(this.#key);
      if (isWrong && this.#resumedAt > 0) return false;
      throw error;
    }
  }

  async #holds(digest: Digest): Promise<boolean> {
    const { access, name } = this.#blob;
    const response = await this.#session.ask({
      method: 'HEAD',
      to: `/v2/${name}/blobs/${digest}`,
      access,
      expect: [200, 404],
      attempt: this.#attempt,
    });
    await response.discard();
    return response.status === 200;
  }
}

export function isBreak(error: unknown): boolean {
  return error instanceof WaybillError && (error.code === 'REGISTRY_UNAVAILABLE' || error.code === 'TOOMANYREQUESTS');
}
