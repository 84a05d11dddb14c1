/** A part of a blob as a registry gives it: RFC 9110 §14, which servers may ignore and some get wrong. */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../descriptor.ts';
import { isManifestType } from '../manifest.ts';
import type { ByteRange } from '../store.ts';
import type { Access } from './authorize.ts';
import type { Session } from './session.ts';

export interface BlobSource {
  readonly session: Session;
  readonly name: string;
  readonly access: Access;
  readonly target: Descriptor;
}

export interface Part {
  /** Whether it begins with the blob's first byte, whatever was asked for. */
  readonly isWhole: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Asks for a range, or for all without one.
 * @returns undefined when the registry refuses the range or answers with another one
 * @throws WaybillError BLOB_UNKNOWN, SIZE_INVALID for a blob that is too short, and as requests fail
 */
export async function requestPart(
  { session, name, access, target }: BlobSource,
  range: ByteRange | undefined,
  signal?: AbortSignal,
): Promise<Part | undefined> {
  const isManifest = isManifestType(target.mediaType);
  const what = `${target.digest} from ${session.host}/${name}`;
  const response = await session.ask({
    method: 'GET',
    to: `/v2/${name}/${isManifest ? 'manifests' : 'blobs'}/${target.digest}`,
    access,
    headers: {
      ...(isManifest ? { accept: target.mediaType } : {}),
      ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
    },
    expect: range === undefined ? [200, 404] : [200, 206, 404, 416],
    attempt: `read ${what}`,
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status === 404) {
    await response.discard();
    throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${target.digest}: ${session.host}/${name} does not hold it`);
  }
  if (response.status === 200) {
    const length = response.header('content-length');
    if (length === undefined || Number(length) >= target.size) return { isWhole: true, body: response.body };
    await response.discard();
    throw new WaybillError('SIZE_INVALID', `Cannot read ${what}: it is shorter than ${target.size} bytes`);
  }
  if (range !== undefined && response.status === 206 && beginsAt(response.header('content-range'), range.start))
    return { isWhole: false, body: cut(response.body, { start: 0, end: range.end - range.start }) };
  await response.discard();
  return undefined;
}

/** A part that begins elsewhere would be put in the wrong place. */
function beginsAt(contentRange: string | undefined, start: number): boolean {
  return /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(contentRange ?? '')?.[1] === String(start);
}

/** The bytes from `start` to `end` of a stream; the rest is passed over or not read. */
export async function* cut(chunks: AsyncIterable<Uint8Array>, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  let at = 0;
  for await (const chunk of chunks) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, end - at);
    at += chunk.length;
    if (from < to) yield chunk.subarray(from, to);
    if (at > end) return;
  }
}
