/**
 * Packs a folder: every file is read at most once, hashed while it is read, and written at most
 * once; a file that is known from an earlier pack is not opened at all.
 */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { identityOf, sameIdentity } from '../base/file-identity.ts';
import type { Finding } from '../base/finding.ts';
import type { Assembly, Part } from '../base/hashing/assembly.ts';
import { assembleAll, type Job } from '../base/hashing/pool.ts';
import type { Progress } from '../base/progress.ts';
import { paddingOf } from '../base/tar/header.ts';
import { END_OF_ARCHIVE, entryHeader } from '../base/tar/write.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, sha256Digest } from '../oci/digest.ts';
import { IMAGE_MANIFEST } from '../oci/media-types.ts';
import type { ArtifactStore, Bringing } from '../oci/store.ts';
import { pushBytes } from '../oci/verified.ts';
import { type BuiltLayer, buildArtifact, modeOf } from './artifact/build.ts';
import type { DigestCache } from './digest-cache.ts';
import { type PlannedLayer, planLayers } from './layers.ts';
import { MODEL_CONFIG, MODEL_MANIFEST } from './media-types.ts';
import type { Source } from './source/read.ts';
import type { SelectedFile } from './source/select.ts';
import { formatSums, SUMS_FILE } from './sums.ts';

export interface PackDependencies {
  readonly store: ArtifactStore & Bringing;
  readonly cache: DigestCache;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface PackOptions {
  /** How files come into the store; a hard link writes nothing and shares the file. */
  readonly bring?: 'clone' | 'link';
  /** The name that the package gets in the store. */
  readonly name?: string;
}

export interface Packed {
  readonly manifest: Descriptor;
  readonly setDigest: Digest;
  /** Bytes of all layers. */
  readonly size: number;
  readonly fileCount: number;
  readonly layerCount: number;
  /** Bytes of content that were read and written; waybill.yaml is always read. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly findings: readonly Finding[];
}

/**
 * Packs what `readSource` found into the store.
 * @throws WaybillError FILE_CHANGED, FILE_UNREADABLE, DISK_FULL, LIMIT_EXCEEDED; the store then holds
 *   nothing new under any name
 */
export async function pack(source: Source, dependencies: PackDependencies, options: PackOptions = {}): Promise<Packed> {
  const { store } = dependencies;
  const planned = planLayers(source.files.map((file) => ({ ...file, size: file.identity.size })));
  const work = planned.map((layer) => new LayerWork(layer, dependencies.cache));
  const totals = await bringMissing(work, dependencies, options.bring ?? 'clone');

  const sums = formatSums(work.flatMap((layer) => layer.sums()));
  const setDigest = (await pushBytes(store, 'text/plain', Buffer.from(sums))).digest;
  const layers = withSums(
    work.map((layer) => layer.built()),
    { component: 'docs', path: SUMS_FILE, digest: setDigest, size: Buffer.byteLength(sums) },
  );
  const artifact = buildArtifact(source.file, layers, setDigest);
  const config = await pushBytes(store, MODEL_CONFIG, Buffer.from(artifact.config));
  const manifest = {
    ...(await pushBytes(store, IMAGE_MANIFEST, Buffer.from(artifact.manifest(config)))),
    artifactType: MODEL_MANIFEST,
  };
  await store.settle();
  if (options.name !== undefined) await store.tag(options.name, manifest);
  return {
    manifest,
    setDigest,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    fileCount: source.files.length + 1,
    layerCount: layers.length,
    ...totals,
    findings: source.findings,
  };
}

type File = SelectedFile & { readonly size: number };

/** One layer on its way: known from the cache, or to be read. */
class LayerWork {
  readonly #layer: PlannedLayer<File>;
  readonly #files: readonly File[];
  readonly #digests: (string | undefined)[];
  readonly #cache: DigestCache;
  #known: { sha256: string; size: number } | undefined;

  constructor(layer: PlannedLayer<File>, cache: DigestCache) {
    this.#layer = layer;
    this.#cache = cache;
    this.#files = layer.form === 'raw' ? [layer.file] : layer.files;
    this.#digests = this.#files.map(({ identity }) => cache.file(identity));
    if (this.#digests.includes(undefined)) return;
    const [only] = this.#digests;
    if (layer.form === 'tar') this.#known = cache.bundle(this.#recipe());
    else if (only !== undefined) this.#known = { sha256: only, size: layer.file.size };
  }

  /** The layer's descriptor if nothing has to be read to know it. */
  get known(): Descriptor | undefined {
    return (
      this.#known && {
        mediaType: 'application/octet-stream',
        digest: sha256Digest(this.#known.sha256),
        size: this.#known.size,
      }
    );
  }

  job(to: string, bring: 'clone' | 'link'): Job {
    const size = this.#files.reduce((sum, file) => sum + file.size, 0);
    const assembly: Assembly = {
      parts: this.#parts(),
      to,
      durable: true,
      bring: this.#layer.form === 'raw' ? bring : 'copy',
    };
    return { size, assembly };
  }

  /** Takes the digests that reading gave, and remembers them for the state in which each file now is. */
  finish(result: { sha256: string; size: number; files: readonly string[] }): void {
    this.#known = { sha256: result.sha256, size: result.size };
    for (const [index, file] of this.#files.entries()) {
      const sha256 = result.files[index];
      if (sha256 === undefined) continue;
      this.#digests[index] = sha256;
      const stats = fs.lstatSync(file.file, { bigint: true, throwIfNoEntry: false });
      // A hard link moves the ctime on; any other change means that the digest is not this file's.
      if (stats === undefined || !sameIdentity({ ...identityOf(stats), ctimeNs: file.identity.ctimeNs }, file.identity))
        continue;
      this.#cache.rememberFile(identityOf(stats), sha256);
    }
    if (this.#layer.form === 'tar') this.#cache.rememberBundle(this.#recipe(), result.sha256, result.size);
  }

  built(): BuiltLayer {
    const { digest, size } = this.#require();
    const { component } = this.#layer;
    if (this.#layer.form === 'tar') return { component, digest, size };
    const { path, isExecutable } = this.#layer.file;
    return { component, path, isExecutable, digest, size };
  }

  sums(): { path: string; digest: Digest }[] {
    return this.#files.map(({ path }, index) => ({ path, digest: sha256Digest(this.#digests[index] ?? '') }));
  }

  #require(): Descriptor {
    if (this.known === undefined) throw new TypeError('the layer has not been read');
    return this.known;
  }

  #parts(): Part[] {
    const parts = this.#files.map(({ path, file, identity }): Part => ({ file, name: path, identity }));
    if (this.#layer.form === 'raw') return parts;
    return [
      ...this.#files.flatMap(({ path, isExecutable, size }, index): Part[] => {
        const content = parts[index];
        if (content === undefined) return [];
        return [
          { bytes: entryHeader({ path, mode: modeOf(isExecutable), size }) },
          content,
          { bytes: Buffer.alloc(paddingOf(size)) },
        ];
      }),
      { bytes: END_OF_ARCHIVE },
    ];
  }

  /** What decides the bytes of a bundle: for each file its path, mode, size and digest. */
  #recipe(): string {
    const hash = createHash('sha256').update('waybill-bundle-1\n');
    for (const [index, { path, isExecutable, size }] of this.#files.entries()) {
      hash.update(`${modeOf(isExecutable)} ${size} ${this.#digests[index]} ${path}\0`);
    }
    return hash.digest('hex');
  }
}

async function bringMissing(
  work: readonly LayerWork[],
  { store, progress, signal }: PackDependencies,
  bring: 'clone' | 'link',
): Promise<{ bytesRead: number; bytesWritten: number }> {
  const missing: { layer: LayerWork; reserved: string }[] = [];
  for (const layer of work) {
    const { known } = layer;
    if (known === undefined || (await store.stat(known))?.size !== known.size)
      missing.push({ layer, reserved: store.reserve() });
  }
  const totals = { bytesRead: 0, bytesWritten: 0 };
  try {
    const jobs = missing.map(({ layer, reserved }) => layer.job(reserved, bring));
    const results = await assembleAll(jobs, {
      label: 'Packing',
      ...(progress === undefined ? {} : { progress }),
      signal,
    });
    for (const [index, result] of results.entries()) {
      const item = missing[index];
      if (item === undefined) continue;
      item.layer.finish(result);
      await store.adopt(item.reserved, sha256Digest(result.sha256));
      totals.bytesRead += result.bytesRead;
      totals.bytesWritten += result.bytesWritten;
    }
  } finally {
    for (const { reserved } of missing) fs.rmSync(reserved, { force: true });
  }
  return totals;
}

/** Puts SHA256SUMS among the docs, by its path; a bundle stays the last of its group. */
function withSums(layers: readonly BuiltLayer[], sums: BuiltLayer): readonly BuiltLayer[] {
  const isBefore = (layer: BuiltLayer) => {
    if (layer.component !== 'docs') return layer.component !== 'data';
    return layer.path !== undefined && Buffer.compare(Buffer.from(layer.path), Buffer.from(SUMS_FILE)) < 0;
  };
  const at = layers.findIndex((layer) => !isBefore(layer));
  return at < 0 ? [...layers, sums] : [...layers.slice(0, at), sums, ...layers.slice(at)];
}
