/**
 * Sends a blob that can be read again to a registry: distribution specification, "Pushing blobs".
 * Small ones in one request, large ones in chunks; what has arrived is asked of the registry, so
 * that a broken line, and a process that was killed, cost one chunk.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Content } from '../store.ts';
import type { Access } from './authorize.ts';
import { beginUpload, uploadLocation } from './blob-upload.ts';
import type { UploadRecords } from './records.ts';
import type { Session } from './session.ts';

export interface SendBlob {
  readonly name: string;
  readonly access: Access;
  readonly expected: Descriptor;
  readonly content: Content;
  readonly records: UploadRecords;
  /** Repositories of the same registry that may have the blob already. */
  readonly mountFrom?: readonly string[];
  advance(bytes: number, origin?: 'resumed'): void;
}

export interface SentBlob {
  /** Bytes that went over the line. */
  readonly bytesSent: number;
  /** Bytes that an earlier process had sent. */
  readonly resumedAt: number;
}

/** Below this a second request costs more than sending again. */
const SINGLE_SIZE = 16 * 1024 * 1024;
/** A kill costs at most one chunk: a 32nd of the blob, and never more than 96 MiB. */
const CHUNKS = 32;
const MAX_CHUNK = 96 * 1024 * 1024;
const MIN_CHUNK = 8 * 1024 * 1024;
/** Connections break; after so many in one blob the registry is not worth more. */
const MAX_BREAKS = 5;

/** @throws WaybillError DIGEST_INVALID when the store's copy is damaged, and as requests fail */
export async function sendBlob(session: Session, send: SendBlob): Promise<SentBlob> {
  for (const from of send.mountFrom ?? []) {
    if (await mount(session, send, from)) return { bytesSent: 0, resumedAt: 0 };
  }
  return send.expected.size <= SINGLE_SIZE ? sendWhole(session, send) : new ChunkedSend(session, send).run();
}

/** Whether the registry took the blob from another of its repositories. */
async function mount(session: Session, { name, access, expected }: SendBlob, from: string): Promise<boolean> {
  const response = await session.ask({
    method: 'POST',
    to: `/v2/${name}/blobs/uploads/?mount=${expected.digest}&from=${encodeURIComponent(from)}`,
    access,
    expect: [201, 202, 404],
    attempt: `mount ${expected.digest} from ${from}`,
  });
  await response.discard();
  // 202: it began an upload instead, which expires by itself.
  return response.status === 201;
}

async function sendWhole(session: Session, send: SendBlob): Promise<SentBlob> {
  const { name, access, expected, content } = send;
  let bytesSent = 0;
  for (let breaks = 0; ; breaks++) {
    try {
      const to = await beginUpload(session, send);
      to.searchParams.set('digest', expected.digest);
      const response = await session.ask({
        method: 'PUT',
        to,
        access,
        headers: { 'content-type': 'application/octet-stream' },
        body: {
          size: expected.size,
          chunks: () =>
            counted(content.unverifiedRange({ start: 0, end: expected.size }), (bytes) => {
              bytesSent += bytes;
              send.advance(bytes);
            }),
        },
        expect: [201],
        attempt: `push ${expected.digest} to ${session.host}/${name}`,
        isRepeatable: false,
      });
      await response.discard();
      return { bytesSent, resumedAt: 0 };
    } catch (error) {
      if (breaks >= MAX_BREAKS || !isBreak(error)) throw error;
    }
  }
}

class ChunkedSend {
  readonly #session: Session;
  readonly #send: SendBlob;
  readonly #key: string;
  #location: URL | undefined;
  #offset = 0;
  #bytesSent = 0;

  constructor(session: Session, send: SendBlob) {
    this.#session = session;
    this.#send = send;
    this.#key = `${session.host} ${send.name} ${send.expected.digest}`;
  }

  async run(): Promise<SentBlob> {
    const { expected, records } = this.#send;
    await this.#resume();
    const resumedAt = this.#offset;
    this.#send.advance(resumedAt, 'resumed');
    for (let breaks = 0; this.#offset < expected.size; ) {
      try {
        await this.#chunk();
        breaks = 0;
      } catch (error) {
        if (breaks++ >= MAX_BREAKS || !isBreak(error)) throw error;
        await this.#askOffset();
      }
    }
    try {
      await this.#finish();
    } catch (error) {
      if (error instanceof WaybillError && error.code === 'DIGEST_INVALID') records.forget(this.#key);
      throw error;
    }
    records.forget(this.#key);
    return { bytesSent: this.#bytesSent, resumedAt };
  }

  async #resume(): Promise<void> {
    const recorded = this.#send.records.find(this.#key);
    if (recorded !== undefined) {
      this.#location = this.#session.resolve(recorded);
      await this.#askOffset();
    }
    this.#location ??= await this.#begin();
  }

  async #begin(): Promise<URL> {
    this.#offset = 0;
    const location = await beginUpload(this.#session, this.#send);
    this.#send.records.remember(this.#key, location.href);
    return location;
  }

  /** What the registry has: `Range: 0-N` of the upload, or nothing when it has forgotten it. */
  async #askOffset(): Promise<void> {
    const { access, name } = this.#send;
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
    if (offset > this.#send.expected.size)
      throw new WaybillError(
        'SIZE_INVALID',
        `Cannot go on with the push of ${this.#send.expected.digest}: the registry has more bytes than it has`,
      );
    this.#offset = offset;
    const location = response.header('location');
    if (location !== undefined) this.#location = this.#session.resolve(location, response.url);
  }

  async #chunk(): Promise<void> {
    const { access, name, content, expected } = this.#send;
    const start = this.#offset;
    const size = Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, Math.ceil(expected.size / CHUNKS)));
    const end = Math.min(expected.size, start + size);
    const response = await this.#session.ask({
      method: 'PATCH',
      to: this.#location ?? '/',
      access,
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
      body: {
        size: end - start,
        chunks: () =>
          counted(content.unverifiedRange({ start, end }), (bytes) => {
            this.#bytesSent += bytes;
            this.#send.advance(bytes);
          }),
      },
      expect: [202, 416],
      attempt: `push ${expected.digest} to ${this.#session.host}/${name}`,
      isRepeatable: false,
    });
    await response.discard();
    if (response.status === 416) return this.#askOffset();
    this.#location = uploadLocation(
      this.#session,
      response.header('location') ?? this.#location?.href,
      response.url,
      name,
    );
    this.#offset = end;
    this.#send.records.remember(this.#key, this.#location.href);
  }

  async #finish(): Promise<void> {
    const { access, name, expected } = this.#send;
    const to = new URL(this.#location ?? '/', `http://${this.#session.host}`);
    to.searchParams.set('digest', expected.digest);
    const attempt = `push ${expected.digest} to ${this.#session.host}/${name}`;
    const response = await this.#session.ask({ method: 'PUT', to, access, expect: [201], attempt });
    await response.discard();
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    count(chunk.length);
  }
}

function isBreak(error: unknown): boolean {
  return error instanceof WaybillError && (error.code === 'REGISTRY_UNAVAILABLE' || error.code === 'TOOMANYREQUESTS');
}
