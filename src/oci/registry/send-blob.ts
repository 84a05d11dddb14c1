/**
 * Sends a blob that can be read again to a registry: distribution specification, "Pushing blobs".
 * Small ones in one request, large ones in chunks; what has arrived is asked of the registry, so
 * that a broken line, and a process that was killed, cost one chunk.
 */
import fs from 'node:fs';
import { CHUNK_SIZE } from '../../base/bytes.ts';
import { readRange } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange, Content } from '../store.ts';
import type { Access } from './authorize.ts';
import { beginUpload } from './blob-upload.ts';
import { isBreak, MAX_BREAKS, type SentBlob, sendChunked } from './chunked-send.ts';
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

/** Below this a second request costs more than sending again. */
const SINGLE_SIZE = 16 * 1024 * 1024;

/** @throws WaybillError DIGEST_INVALID when the store's copy is damaged, and as requests fail */
export async function sendBlob(session: Session, send: SendBlob): Promise<SentBlob> {
  for (const from of send.mountFrom ?? []) {
    if (await mount(session, send, from)) return { bytesSent: 0, resumedAt: 0 };
  }
  if (send.expected.size <= SINGLE_SIZE) return sendWhole(session, send);
  const { expected, content, ...rest } = send;
  const { digest, size } = expected;
  return sendChunked(session, {
    ...rest,
    shown: digest,
    key: digest,
    size,
    read: (range) => readAgain(content, range),
    digest: async () => digest,
  });
}

/** Transport is done with a chunk when the one after the next is asked for: two buffers are enough. */
async function* readAgain(content: Content, range: ByteRange): AsyncIterable<Uint8Array> {
  if (content.file === undefined) return yield* content.unverifiedRange(range);
  let descriptor: number;
  try {
    descriptor = fs.openSync(content.file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  } catch (error) {
    throw explainSystemError(`Cannot read ${content.file}`, error);
  }
  try {
    const buffers = [Buffer.allocUnsafeSlow(CHUNK_SIZE), Buffer.allocUnsafeSlow(CHUNK_SIZE)];
    yield* readRange(descriptor, range.start, range.end, buffers);
  } finally {
    fs.closeSync(descriptor);
  }
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
          chunks: () => content.unverifiedRange({ start: 0, end: expected.size }),
          sent: (bytes) => {
            bytesSent += bytes;
            send.advance(bytes);
          },
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
