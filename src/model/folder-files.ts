/** The files of a folder with their digests: of its package if it has a waybill.yaml, else all. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { DiffFile } from './diff.ts';
import type { DigestCache } from './digest-cache.ts';
import { hashFiles } from './source/hash-files.ts';
import { readSource } from './source/read.ts';
import { walkFolder } from './source/walk.ts';
import { SUMS_FILE } from './sums.ts';
import { WAYBILL_FILE } from './waybill-file/schema.ts';

/** @throws WaybillError PATH_INVALID for what is no regular file, and as readSource does */
export async function filesOfFolder(
  folder: string,
  { cache, progress, signal }: { cache: DigestCache; progress?: Progress; signal?: AbortSignal },
): Promise<readonly DiffFile[]> {
  const hasWaybillFile = fs.existsSync(path.join(folder, WAYBILL_FILE));
  const files = hasWaybillFile ? readSource(folder).files : walkFolder(folder).filter(({ path }) => path !== SUMS_FILE);
  const refused = files.find(({ refusal }) => refusal !== undefined);
  if (refused !== undefined) throw new WaybillError('PATH_INVALID', `Cannot read ${refused.path}: ${refused.refusal}`);
  const { digests } = await hashFiles(files, 'Reading', { cache, progress, signal });
  return files.flatMap(({ path, identity, isExecutable }) => {
    const digest = digests.get(path);
    return digest === undefined ? [] : [{ path, digest, size: identity.size, isExecutable }];
  });
}
