/** The lock of a log in a folder: one writes, others wait. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/files.ts';
import { acquireLock } from '../../../base/lock.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { CHECKPOINT } from '../tiles/paths.ts';

/** Another writer is done with a batch within this. */
const LOCK_WAIT_MILLISECONDS = 10_000;

export interface LockOptions {
  /** The folder is made if need be; else there must be a log. */
  readonly isNew?: boolean;
  /** How long to wait for another writer, in milliseconds. */
  readonly wait?: number;
}

/** @throws WaybillError TRUST_UNDECIDED where there is no log, STORE_BUSY, FILE_UNREADABLE, DISK_FULL */
export async function lockLog(
  folder: string,
  { isNew = false, wait = LOCK_WAIT_MILLISECONDS }: LockOptions = {},
): Promise<Disposable> {
  const attempt = `Cannot write the log ${folder}`;
  if (!isNew && !fs.existsSync(path.join(folder, CHECKPOINT)))
    throw new WaybillError('TRUST_UNDECIDED', `${attempt}: there is none`, { hint: 'waybill log init makes one' });
  const file = path.join(folder, '.waybill', 'lock');
  try {
    makeFolders(path.dirname(file));
  } catch (error) {
    throw explainSystemError(attempt, error);
  }
  return await acquireLock(file, { mode: 'exclusive', wait, attempt });
}
