/**
 * The files of one OCI layout with one artifact, each part of which can be said otherwise. Nothing of
 * src is used: a mistake there must not become what others are held to.
 */
import { createHash } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

export interface CaseLayer {
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** Digest of the content without compression, as the configuration states it; the layer's own if absent. */
  readonly diffId?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the blob holds in place of the content. */
  readonly damaged?: Uint8Array;
  readonly isMissing?: boolean;
  /** Put over the finished descriptor. */
  readonly descriptor?: Json;
}

export interface CaseArtifact {
  readonly layers: readonly CaseLayer[];
  config?(config: Json): unknown;
  manifest?(manifest: Json): unknown;
}

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** @returns path to bytes, relative to the layout's folder */
export function layoutOf({
  layers,
  config = (same) => same,
  manifest = (same) => same,
}: CaseArtifact): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array, stored: Uint8Array | undefined = bytes) => {
    const digest = sha256(bytes);
    files.set(`blobs/${digest.replace(':', '/')}`, stored);
    return { digest, size: bytes.length };
  };
  const descriptors = layers.map(({ mediaType, content, annotations, damaged, isMissing, descriptor }) => {
    const { digest, size } = put(content, damaged);
    if (isMissing) files.delete(`blobs/${digest.replace(':', '/')}`);
    return { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }), ...descriptor };
  });
  const diffIds = layers.map(({ content, diffId }) => diffId ?? sha256(content));
  const text = bytesOf(config({ descriptor: { name: 'tiny' }, config: {}, modelfs: { type: 'layers', diffIds } }));
  const document = manifest({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: 'application/vnd.cncf.model.manifest.v1+json',
    config: { mediaType: 'application/vnd.cncf.model.config.v1+json', ...put(text) },
    layers: descriptors,
  });
  const target = put(bytesOf(document));
  const mediaType = (document as Json)['mediaType'] ?? IMAGE_MANIFEST;
  const entry = { mediaType, ...target, annotations: { 'org.opencontainers.image.ref.name': 'latest' } };
  files.set('index.json', bytesOf({ schemaVersion: 2, manifests: [entry] }));
  files.set('oci-layout', bytesOf({ imageLayoutVersion: '1.0.0' }));
  return files;
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}
