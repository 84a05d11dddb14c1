/** Digests of files that a walk found: on all cores, each held to the state in which it was found. */
import type { FileIdentity } from '../../base/file-identity.ts';
import { assembleAll } from '../../base/hashing/pool.ts';
import { type Progress, silent } from '../../base/progress.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import { type DigestCache, noCache } from '../digest-cache.ts';

export interface HashedFiles {
  readonly digests: ReadonlyMap<string, Digest>;
  readonly bytesRead: number;
  /** Of files that the cache knew. */
  readonly bytesKnown: number;
}

export interface HashOptions {
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Files that it knows are not read; all are if absent. */
  readonly cache?: DigestCache | undefined;
}

/**
 * @param label what is being done, for the progress
 * @throws WaybillError FILE_CHANGED when a file is not, or does not stay, what it was found as; FILE_UNREADABLE
 */
export async function hashFiles(
  files: readonly { readonly path: string; readonly file: string; readonly identity: FileIdentity }[],
  label: string,
  { progress = silent, signal, cache = noCache }: HashOptions = {},
): Promise<HashedFiles> {
  const known = files.map(({ identity }) => cache.file(identity));
  const unknown = files.filter((_, index) => known[index] === undefined);
  const jobs = unknown.map(({ path, file, identity }) => ({
    size: identity.size,
    assembly: { parts: [{ file, name: path, identity }] },
  }));
  const results = await assembleAll(jobs, { label, progress, signal });
  const read = new Map(unknown.map((file, index) => [file, results[index]?.sha256]));
  const digests = files.map((file, index): [string, Digest] => {
    const sha256 = known[index] ?? read.get(file) ?? '';
    cache.rememberFile(file.identity, sha256);
    return [file.path, sha256Digest(sha256)];
  });
  return {
    digests: new Map(digests),
    bytesRead: results.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    bytesKnown: files.reduce((sum, { identity }, index) => (known[index] === undefined ? sum : sum + identity.size), 0),
  };
}
