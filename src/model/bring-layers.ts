/** Brings layers into a store that takes whole files: cloned, linked, or copied while they are hashed. */
import fs from 'node:fs';
import type { Assembled } from '../base/hashing/assembly.ts';
import { assembleAll } from '../base/hashing/pool.ts';
import type { HashingThreads } from '../base/hashing/threads.ts';
import type { Progress } from '../base/progress.ts';
import { sha256Digest } from '../oci/digest.ts';
import type { ArtifactStore, Bringing } from '../oci/store.ts';
import type { LayerWork } from './layer-work.ts';
import { type HashedContent, stateOf } from './stored-content.ts';

/** What became of the bytes of some layers. */
export interface LayerTotals {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes that went over a line, and whether an interrupted transfer was gone on with. */
  readonly bytesSent: number;
  readonly resumed: boolean;
}

export interface Watch {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface BringOptions extends Watch {
  readonly bring: 'clone' | 'link';
  /** Started when it was known how much there is to do. */
  readonly threads: HashingThreads;
}

/** Layers that are not known, or known and not in the store. */
export async function missingFrom(store: ArtifactStore, work: readonly LayerWork[]): Promise<readonly LayerWork[]> {
  const missing: LayerWork[] = [];
  for (const layer of work) {
    const { known } = layer;
    if (known === undefined || (await store.stat(known))?.size !== known.size) missing.push(layer);
  }
  return missing;
}

export interface Brought extends LayerTotals {
  /** What lies in the store now, and when that was looked at. */
  readonly contents: readonly HashedContent[];
  readonly since: number;
}

/** @throws WaybillError as `assembleAll` does; nothing unfinished stays */
export async function bringLayers(
  layers: readonly LayerWork[],
  store: ArtifactStore & Bringing,
  { bring, threads, progress, signal }: BringOptions,
): Promise<Brought> {
  const missing = layers.map((layer) => ({ layer, reserved: store.reserve() }));
  const brought: HashedContent[] = [];
  const totals = { bytesRead: 0, bytesWritten: 0, bytesSent: 0, resumed: false };
  try {
    const jobs = missing.map(({ layer, reserved }) => layer.job(reserved, bring));
    const results = await assembleAll(jobs, { label: 'Packing', progress, signal, threads });
    for (const [index, result] of results.entries()) {
      const item = missing[index];
      if (item === undefined) continue;
      // In this order: naming a hard link moves its file's ctime on, and the cache is to know the last state.
      await store.adopt(item.reserved, sha256Digest(result.sha256));
      item.layer.finish(result);
      brought.push(...(await hashedIn(store, result)));
      totals.bytesRead += result.bytesRead;
      totals.bytesWritten += result.bytesWritten;
    }
  } finally {
    for (const { reserved } of missing) fs.rmSync(reserved, { force: true });
  }
  return { ...totals, contents: brought, since: performance.now() };
}

/** What was just adopted, in the state in which it now lies in the store. */
async function hashedIn(store: ArtifactStore, { sha256, size }: Assembled): Promise<readonly HashedContent[]> {
  const { file } = await store.open({ mediaType: 'application/octet-stream', digest: sha256Digest(sha256), size });
  const identity = file === undefined ? undefined : stateOf(file);
  return file === undefined || identity === undefined ? [] : [{ file, identity, sha256 }];
}
