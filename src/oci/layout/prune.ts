/** Frees what nothing reaches any more. Alone in the store: unfinished operations finish first. */
import fs from 'node:fs';
import path from 'node:path';
import { assembleAll } from '../../base/hashing/pool.ts';
import { acquireLock } from '../../base/lock.ts';
import type { Progress } from '../../base/progress.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { type Digest, encodedOf, isDigest } from '../digest.ts';
import { ingestPath, isUnfinished, makeLayout, operationsLockPath } from './folder.ts';
import { changeIndex, readIndex } from './index-file.ts';
import { Layout } from './layout.ts';
import { reachOf } from './reach.ts';

export interface PruneResult {
  /** Digests whose content was removed, or would be. */
  readonly removed: readonly string[];
  /** Bytes that became free, or would. */
  readonly bytes: number;
  /** Files that interrupted operations left behind. */
  readonly leftovers: number;
}

/**
 * Removes content that no name and no live referrer reaches.
 * @param wait milliseconds to wait for other processes that use the store
 * @throws WaybillError STORE_BUSY; MANIFEST_INVALID, DIGEST_INVALID or BLOB_UNKNOWN when a manifest is
 *   damaged, because then nobody can tell what it reaches; nothing is removed
 */
export async function prune(folder: string, { dryRun = false, wait = 10_000 } = {}): Promise<PruneResult> {
  makeLayout(folder);
  using _ = await acquireLock(operationsLockPath(folder), {
    mode: 'exclusive',
    wait,
    attempt: `Cannot prune the store ${folder}`,
  });
  const store = new Layout(path.resolve(folder), undefined);
  const reach = await reachOf(store, readIndex(folder));
  if (!dryRun)
    await changeIndex(folder, (entries) => (entries.length === reach.entries.length ? entries : reach.entries));

  const removed: string[] = [];
  let bytes = 0;
  for (const { digest, file } of blobsOf(folder)) {
    if (reach.digests.has(digest)) continue;
    removed.push(digest);
    bytes += removeFile(file, dryRun);
  }
  let leftovers = 0;
  for (const file of leftoversIn(folder)) {
    bytes += removeFile(file, dryRun);
    leftovers += 1;
  }
  return { removed, bytes, leftovers };
}

/**
 * Removes content that is not what its digest says, so that it can be brought again: packing and
 * pulling look at sizes only, and would take damaged bytes for what they need.
 * @throws WaybillError STORE_BUSY
 */
export async function removeDamaged(
  folder: string,
  { progress, signal }: { progress: Progress; signal?: AbortSignal },
  { dryRun = false, wait = 10_000 } = {},
): Promise<PruneResult> {
  makeLayout(folder);
  using _ = await acquireLock(operationsLockPath(folder), {
    mode: 'exclusive',
    wait,
    attempt: `Cannot remove damaged content from the store ${folder}`,
  });
  const blobs = [...blobsOf(folder)]
    .filter(({ digest }) => digest.startsWith('sha256:'))
    .map((blob) => ({ ...blob, size: fs.lstatSync(blob.file).size }));
  const jobs = blobs.map(({ digest, file, size }) => ({ size, assembly: { parts: [{ file, name: digest }] } }));
  const results = await assembleAll(jobs, { label: 'Verifying', progress, signal });
  const damaged = blobs.filter(({ digest }, index) => results[index]?.sha256 !== encodedOf(digest));
  return {
    removed: damaged.map(({ digest }) => digest),
    bytes: damaged.reduce((sum, { file }) => sum + removeFile(file, dryRun), 0),
    leftovers: 0,
  };
}

/** All content that lies in a layout, and files in its blob folders that are none. */
export function* blobsOf(folder: string): Iterable<{ digest: Digest; file: string }> {
  for (const algorithm of ['sha256', 'sha512']) {
    const place = path.join(folder, 'blobs', algorithm);
    if (!fs.existsSync(place)) continue;
    for (const name of fs.readdirSync(place)) {
      const digest = `${algorithm}:${name}`;
      if (isDigest(digest)) yield { digest, file: path.join(place, name) };
    }
  }
}

/** What interrupted operations left: nobody else works in the store while it is pruned. */
function leftoversIn(folder: string): readonly string[] {
  const ingest = ingestPath(folder);
  return [
    ...fs.readdirSync(ingest).map((name) => path.join(ingest, name)),
    ...fs
      .readdirSync(folder)
      .filter(isUnfinished)
      .map((name) => path.join(folder, name)),
  ];
}

function removeFile(file: string, dryRun: boolean): number {
  try {
    const stats = fs.lstatSync(file);
    const { size, nlink } = stats;
    // Of a file, unlink: rm forgets the code of some errors of the system (EROFS, for one).
    if (!dryRun && stats.isDirectory()) fs.rmSync(file, { recursive: true });
    else if (!dryRun) fs.unlinkSync(file);
    return nlink > 1 ? 0 : size; // A hard link frees nothing.
  } catch (error) {
    throw explainSystemError(`Cannot remove ${file}`, error);
  }
}
