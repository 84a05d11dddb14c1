/**
 * Writes artifacts of any form as OCI layouts: manifest, configuration and layers as they are said,
 * nothing checked. Made apart from src, so that the two cannot share a mistake.
 */
import fs from 'node:fs';
import path from 'node:path';
import { blobFile, type Made, sha256 } from './artifact-maker.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ForeignLayer {
  readonly mediaType: string;
  readonly content: string | Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Further members of the descriptor. */
  readonly more?: Json;
}

export interface Foreign {
  /** OCI's image manifest if absent; null leaves the member out. */
  readonly mediaType?: string | null;
  readonly artifactType?: string;
  readonly config: { readonly mediaType: string; readonly content: unknown };
  readonly layers: readonly ForeignLayer[];
  readonly annotations?: Readonly<Record<string, string>>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Writes the artifact under the name `acme/foreign:1`. */
export function writeForeign(folder: string, foreign: Foreign): Made {
  const blobs: string[] = [];
  fs.mkdirSync(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  const put = (content: string | Uint8Array) => {
    const digest = sha256(content);
    fs.writeFileSync(blobFile(folder, digest), content);
    blobs.push(digest);
    return { digest, size: Buffer.byteLength(content) };
  };
  const { config } = foreign;
  const text = typeof config.content === 'string' ? config.content : JSON.stringify(config.content);
  const mediaType = foreign.mediaType === undefined ? MANIFEST : foreign.mediaType;
  const manifest = {
    schemaVersion: 2,
    ...(mediaType === null ? {} : { mediaType }),
    ...(foreign.artifactType === undefined ? {} : { artifactType: foreign.artifactType }),
    config: { mediaType: config.mediaType, ...put(text) },
    layers: foreign.layers.map(({ mediaType, content, annotations, more }) => ({
      mediaType,
      ...put(content),
      ...(annotations === undefined ? {} : { annotations }),
      ...more,
    })),
    ...(foreign.annotations === undefined ? {} : { annotations: foreign.annotations }),
  };
  const name = 'acme/foreign:1';
  const target = put(JSON.stringify(manifest));
  const entry = {
    mediaType: mediaType ?? MANIFEST,
    ...target,
    annotations: { 'org.opencontainers.image.ref.name': name },
  };
  fs.writeFileSync(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  fs.writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return { folder, name, ...target, blobs, mediaType: entry.mediaType };
}
