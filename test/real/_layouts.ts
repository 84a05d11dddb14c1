/** OCI image layouts on disk, read and written by hand: without the code that is under test. */
import fs from 'node:fs';
import path from 'node:path';
import { digestOf } from './_trees.ts';

export interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface LayoutManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: LayoutDescriptor;
  readonly layers: readonly LayoutDescriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const MODEL_TYPE = 'application/vnd.cncf.model.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.cncf.model.config.v1+json';
export const REF_NAME = 'org.opencontainers.image.ref.name';
export const TITLE = 'org.opencontainers.image.title';
export const FILEPATH = 'org.cncf.model.filepath';
export const METADATA = 'org.cncf.model.file.metadata+json';

export function indexOf(layout: string): readonly LayoutDescriptor[] {
  return JSON.parse(fs.readFileSync(path.join(layout, 'index.json'), 'utf8')).manifests;
}

export function blobOf(layout: string, digest: string): Buffer {
  return fs.readFileSync(path.join(layout, 'blobs', digest.replace(':', '/')));
}

export function manifestOf(layout: string, digest: string): LayoutManifest {
  return JSON.parse(blobOf(layout, digest).toString('utf8'));
}

/** The digests of all content of an artifact, the manifest's included. */
export function contentOf(layout: string, digest: string): readonly string[] {
  const { config, layers } = manifestOf(layout, digest);
  return [...new Set([digest, config.digest, ...layers.map((layer) => layer.digest)])].sort();
}

export function writeBlob(layout: string, content: string | Uint8Array): { digest: string; size: number } {
  const digest = digestOf(content);
  const file = path.join(layout, 'blobs', digest.replace(':', '/'));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return { digest, size: fs.statSync(file).size };
}

export interface HandMadeLayer {
  readonly mediaType: string;
  readonly content: string | Uint8Array;
  /** Digest of the content without compression; the layer's own if absent. */
  readonly diffId?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Writes a layout with one ModelPack artifact, tagged `latest`. @returns its digest */
export function writeModelLayout(
  layout: string,
  layers: readonly HandMadeLayer[],
  { config, annotations }: { config?: string; annotations?: Readonly<Record<string, string>> } = {},
): string {
  const written = layers.map(({ mediaType, content, annotations }) => ({
    mediaType,
    ...writeBlob(layout, content),
    ...(annotations === undefined ? {} : { annotations }),
  }));
  const diffIds = layers.map(({ diffId }, index) => diffId ?? written[index]?.digest ?? '');
  const text = config ?? JSON.stringify({ descriptor: {}, config: {}, modelfs: { type: 'layers', diffIds } });
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: MODEL_TYPE,
    config: { mediaType: CONFIG_TYPE, ...writeBlob(layout, text) },
    layers: written,
    ...(annotations === undefined ? {} : { annotations }),
  };
  return writeManifest(layout, JSON.stringify(manifest));
}

/** Writes a manifest as it stands, and an index with it alone, tagged `latest`. @returns its digest */
export function writeManifest(layout: string, text: string): string {
  const { digest, size } = writeBlob(layout, text);
  const entry = { mediaType: MANIFEST_TYPE, digest, size, annotations: { [REF_NAME]: 'latest' } };
  fs.writeFileSync(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  fs.writeFileSync(path.join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  return digest;
}
