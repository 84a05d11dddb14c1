/**
 * Makes ModelPack artifacts by hand, honest unless told otherwise: any layer, annotation, digest or
 * size can be said, the configuration, the manifest and the index entry can be rewritten before
 * they are stored. Made apart from src, so that the two cannot share a mistake.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

type Json = Readonly<Record<string, unknown>>;
type Bytes = string | Uint8Array;

export interface LayerWords {
  /** ModelPack's word: weight, weight.config, code, doc, dataset. */
  readonly component?: string;
  readonly filepath?: string | undefined;
  readonly title?: string | undefined;
  readonly metadata?: string;
  /** Put over the finished descriptor. */
  readonly descriptor?: Json;
  /** What the configuration states; the digest of the content if absent. */
  readonly diffId?: string;
}

export interface TarWords extends LayerWords {
  readonly compression?: 'gzip' | 'zstd';
  /** The layer's bytes as they are, in place of the compressed archive. */
  readonly bytes?: Uint8Array;
  /** What an honest SHA256SUMS says of the archive's files. */
  readonly files?: Readonly<Record<string, Bytes>>;
}

/** What was made, and where the index names it. */
export interface Made {
  readonly folder: string;
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  readonly blobs: readonly string[];
  /** Of the manifest; OCI's if absent. */
  readonly mediaType?: string;
}

export const sha256 = (bytes: Bytes): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Begins an artifact; nothing is written before `write`. */
export function makeArtifact(): ArtifactMaker {
  return new ArtifactMaker();
}

export class ArtifactMaker {
  readonly #layers: Json[] = [];
  readonly #diffIds: string[] = [];
  readonly #sums: [string, string][] = [];
  readonly #blobs = new Map<string, Uint8Array>();
  #annotations: Record<string, string> = {};
  #config: (config: Json) => unknown = (config) => config;
  #manifest: (manifest: Json) => unknown = (manifest) => manifest;
  #entry: (entry: Json) => unknown = (entry) => entry;

  /** A raw layer of one file. */
  file(name: string, content: Bytes, words: LayerWords = {}): this {
    this.#sums.push([name, sha256(content).slice(7)]);
    return this.#layer(content, `application/vnd.cncf.model.${words.component ?? 'weight'}.v1.raw`, sha256(content), {
      filepath: name,
      title: name,
      ...words,
    });
  }

  /** A layer that is an archive of files. */
  tar(archive: Uint8Array, words: TarWords = {}): this {
    for (const [name, content] of Object.entries(words.files ?? {})) this.#sums.push([name, sha256(content).slice(7)]);
    const compressed = {
      gzip: () => zlib.gzipSync(archive),
      zstd: () => zlib.zstdCompressSync(archive),
      none: () => archive,
    }[words.compression ?? 'none']();
    const form = words.compression === undefined ? 'tar' : `tar+${words.compression}`;
    return this.#layer(
      words.bytes ?? compressed,
      `application/vnd.cncf.model.${words.component ?? 'code'}.v1.${form}`,
      sha256(archive),
      { filepath: '.', ...words },
    );
  }

  /** SHA256SUMS with its set digest; the true one if no text is given. */
  sums(text?: string, { stated }: { stated?: string } = {}): this {
    const lines = [...this.#sums].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const content = text ?? lines.map(([name, hex]) => `${hex}  ${name}\n`).join('');
    this.#annotations = { ...this.#annotations, 'dev.waybill.set-digest': stated ?? sha256(content) };
    return this.file('SHA256SUMS', content, { component: 'doc' });
  }

  config(change: (config: Json) => unknown): this {
    this.#config = change;
    return this;
  }

  /** Rewrites the manifest; text and bytes are stored as they are. */
  manifest(change: (manifest: Json) => unknown): this {
    this.#manifest = change;
    return this;
  }

  /** Rewrites the artifact's entry in index.json. */
  entry(change: (entry: Json) => unknown): this {
    this.#entry = change;
    return this;
  }

  /** Writes an OCI layout of the artifact into a new folder, under the name `acme/attack:1`. */
  write(folder: string): Made {
    const config = this.#blob(
      asBytes(
        this.#config({
          descriptor: { name: 'acme/attack', version: '1.0.0' },
          config: {},
          modelfs: { type: 'layers', diffIds: this.#diffIds },
        }),
      ),
    );
    const manifest = asBytes(
      this.#manifest({
        schemaVersion: 2,
        mediaType: MANIFEST,
        artifactType: 'application/vnd.cncf.model.manifest.v1+json',
        config: { mediaType: 'application/vnd.cncf.model.config.v1+json', ...config },
        layers: this.#layers,
        annotations: this.#annotations,
      }),
    );
    const target = this.#blob(manifest);
    const name = 'acme/attack:1';
    const entry = this.#entry({
      mediaType: MANIFEST,
      ...target,
      annotations: { 'org.opencontainers.image.ref.name': name },
    });
    writeLayout(folder, this.#blobs, asBytes({ schemaVersion: 2, manifests: [entry] }));
    return { folder, name, ...target, blobs: [...this.#blobs.keys()] };
  }

  #layer(content: Bytes, mediaType: string, diffId: string, words: LayerWords): this {
    const blob = this.#blob(Buffer.from(content));
    const annotations: [string, string | undefined][] = [
      ['org.cncf.model.filepath', words.filepath],
      ['org.opencontainers.image.title', words.title],
      ['org.cncf.model.file.metadata+json', words.metadata],
    ];
    this.#diffIds.push(words.diffId ?? diffId);
    this.#layers.push({
      mediaType,
      ...blob,
      annotations: Object.fromEntries(annotations.filter(([, value]) => value !== undefined)),
      ...words.descriptor,
    });
    return this;
  }

  #blob(bytes: Uint8Array): { digest: string; size: number } {
    const digest = sha256(bytes);
    this.#blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  }
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function writeLayout(folder: string, blobs: ReadonlyMap<string, Uint8Array>, index: Uint8Array): void {
  fs.mkdirSync(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const [digest, bytes] of blobs) fs.writeFileSync(blobFile(folder, digest), bytes);
  fs.writeFileSync(path.join(folder, 'index.json'), index);
  fs.writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

/** Where a layout keeps a blob. */
export function blobFile(folder: string, digest: string): string {
  return path.join(folder, 'blobs', 'sha256', digest.slice(digest.indexOf(':') + 1));
}

/** Rewrites the index of a layout; text is stored as it is. */
export function changeIndex(folder: string, change: (index: Json) => unknown): void {
  const file = path.join(folder, 'index.json');
  fs.writeFileSync(file, asBytes(change(JSON.parse(fs.readFileSync(file, 'utf8')))));
}

/** Puts one more entry into the index of a layout. */
export function addToIndex(folder: string, entry: Json): void {
  changeIndex(folder, (index) => {
    const manifests = Array.isArray(index['manifests']) ? index['manifests'] : [];
    return { ...index, manifests: [...manifests, entry] };
  });
}
