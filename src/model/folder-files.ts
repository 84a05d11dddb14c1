/** The files of a folder with their digests: of its package if it has a waybill.yaml, else all. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../base/errors.ts';
import { assembleAll } from '../base/hashing/pool.ts';
import { type Progress, silent } from '../base/progress.ts';
import { sha256Digest } from '../oci/digest.ts';
import type { DiffFile } from './diff.ts';
import type { DigestCache } from './digest-cache.ts';
import { readSource } from './source/read.ts';
import { walkFolder } from './source/walk.ts';
import { SUMS_FILE } from './sums.ts';
import { WAYBILL_FILE } from './waybill-file/schema.ts';

/** @throws WaybillError PATH_INVALID for what is no regular file, and as readSource does */
export async function filesOfFolder(
  folder: string,
  { cache, progress = silent, signal }: { cache: DigestCache; progress?: Progress; signal?: AbortSignal },
): Promise<readonly DiffFile[]> {
  const hasWaybillFile = fs.existsSync(path.join(folder, WAYBILL_FILE));
  const files = hasWaybillFile ? readSource(folder).files : walkFolder(folder).filter(({ path }) => path !== SUMS_FILE);
  const refused = files.find(({ refusal }) => refusal !== undefined);
  if (refused !== undefined) throw new WaybillError('PATH_INVALID', `Cannot read ${refused.path}: ${refused.refusal}`);
  const known = files.map(({ identity }) => cache.file(identity));
  const unknown = files.filter((_, index) => known[index] === undefined);
  const jobs = unknown.map(({ path, file, identity }) => ({
    size: identity.size,
    assembly: { parts: [{ file, name: path, identity }] },
  }));
  const results = await assembleAll(jobs, { label: 'Reading', progress, signal });
  const read = new Map(unknown.map((file, index) => [file, results[index]?.sha256]));
  return files.map((file, index) => {
    const sha256 = known[index] ?? read.get(file) ?? '';
    cache.rememberFile(file.identity, sha256);
    return { path: file.path, digest: sha256Digest(sha256), size: file.identity.size, isExecutable: file.isExecutable };
  });
}
