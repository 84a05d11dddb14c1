/** Brings layers into a store that takes whole files: cloned, linked, or copied while they are hashed. */
import fs from 'node:fs';
import { assembleAll } from '../base/hashing/pool.ts';
import type { Progress } from '../base/progress.ts';
import { sha256Digest } from '../oci/digest.ts';
import type { ArtifactStore, Bringing } from '../oci/store.ts';
import type { LayerWork } from './layer-work.ts';

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

/** @throws WaybillError as `assembleAll` does; nothing unfinished stays */
export async function bringLayers(
  work: readonly LayerWork[],
  store: ArtifactStore & Bringing,
  { bring, progress, signal }: Watch & { readonly bring: 'clone' | 'link' },
): Promise<LayerTotals> {
  const missing: { layer: LayerWork; reserved: string }[] = [];
  for (const layer of work) {
    const { known } = layer;
    if (known === undefined || (await store.stat(known))?.size !== known.size)
      missing.push({ layer, reserved: store.reserve() });
  }
  const totals = { bytesRead: 0, bytesWritten: 0, bytesSent: 0, resumed: false };
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
