/** What the load sends and asks for: decided by numbers alone, so that two processes know the same. */
import { createHash } from 'node:crypto';

export function smallBlob(index: number, size: number): Buffer {
  const bytes = Buffer.alloc(size, index & 0xff);
  bytes.writeUInt32BE(index);
  return bytes;
}

/** A block over and over: its bytes cost the load nothing. */
export function* largeBlob(size: number): Iterable<Uint8Array> {
  const block = Buffer.alloc(Math.min(size, 1024 * 1024), 7);
  for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

export function digestOf(chunks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

const EMPTY = Buffer.from('{}');
/** Layers of the manifest. */
const MAX_LAYERS = 20;

/** An image manifest over the first blobs, and the configuration that it names. */
export function manifestOf(digests: readonly string[], size: number): { bytes: Buffer; config: Buffer } {
  const mediaType = 'application/octet-stream';
  const layers = digests.slice(0, MAX_LAYERS).map((digest) => ({ mediaType, digest, size }));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf([EMPTY]), size: EMPTY.length },
      layers,
    }),
  );
  return { bytes, config: EMPTY };
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
