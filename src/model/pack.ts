/**
 * Packs a folder: every file is read at most once, hashed while it is read, and written at most
 * once; a file that is known from an earlier pack is not opened at all.
 */

import fs from 'node:fs';
import type { Finding } from '../base/finding.ts';
import { assembleAll } from '../base/hashing/pool.ts';
import type { Progress } from '../base/progress.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, sha256Digest } from '../oci/digest.ts';
import { IMAGE_MANIFEST } from '../oci/media-types.ts';
import type { ArtifactStore, Bringing } from '../oci/store.ts';
import { pushBytes } from '../oci/verified.ts';
import { type BuiltLayer, buildArtifact } from './artifact/build.ts';
import type { DigestCache } from './digest-cache.ts';
import { LayerWork } from './layer-work.ts';
import { planLayers } from './layers.ts';
import { MODEL_CONFIG, MODEL_MANIFEST } from './media-types.ts';
import type { Source } from './source/read.ts';
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
      // In this order: naming a hard link moves its file's ctime on, and the cache is to know the last state.
      await store.adopt(item.reserved, sha256Digest(result.sha256));
      item.layer.finish(result);
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
