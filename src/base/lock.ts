/**
 * Locks between processes that the kernel gives back when their owner dies, however it dies.
 * Node has no flock; SQLite takes POSIX record locks on an empty file for us, shared for readers
 * and exclusive for one writer, and never leaves a stale one behind.
 */
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode, WaybillError } from './errors.ts';
import { explainSystemError } from './system-errors.ts';

export interface LockRequest {
  readonly mode: 'shared' | 'exclusive';
  /** How long to wait for others, in milliseconds. */
  readonly wait: number;
  /** What could not be done while another process holds the lock, for the message. */
  readonly attempt: string;
}

const RETRY_MILLISECONDS = 15;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

/**
 * Takes a lock on a file, which is made if need be; disposing gives it back.
 * @throws WaybillError STORE_BUSY when others hold it for longer than `wait`; FILE_UNREADABLE, DISK_FULL
 */
export async function acquireLock(file: string, request: LockRequest): Promise<Disposable> {
  for (;;) {
    const inode = makeFile(file, request.attempt);
    if (inode === undefined) continue;
    // Its last owner may remove the file while we wait: a lock on a file without a name keeps nobody out.
    const isThere = () => inode === fs.lstatSync(file, { throwIfNoEntry: false })?.ino;
    try {
      const lock = await lockFile(file, request);
      if (isThere()) return lock;
      lock[Symbol.dispose]();
    } catch (error) {
      if (isThere()) throw error;
    }
  }
}

/** Never opens a file that is there: closing it again would give up every POSIX lock that this process has on it. */
function makeFile(file: string, attempt: string): number | undefined {
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o644));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw explainSystemError(attempt, error);
  }
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === false) throw new WaybillError('FILE_UNREADABLE', `${attempt}: ${file} is no regular file`);
  return stats?.ino;
}

async function lockFile(file: string, request: LockRequest): Promise<Disposable> {
  const database = openDatabase(file, request.attempt);
  let waited = 0;
  for (;;) {
    try {
      // Without a journal file: a lock must also be had on a full disk, to make room on it.
      if (request.mode === 'exclusive') database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
      else database.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
      return { [Symbol.dispose]: () => database.close() };
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      if (!isBusy(error)) {
        database.close();
        throw unusable(file, request.attempt, error);
      }
      if (waited >= request.wait) {
        database.close();
        throw new WaybillError('STORE_BUSY', `${request.attempt}: another Waybill process is using it`, {
          hint: 'Wait until it has finished, then run the command again',
          cause: error,
        });
      }
    }
    await sleep(RETRY_MILLISECONDS);
    waited += RETRY_MILLISECONDS;
  }
}

function openDatabase(file: string, attempt: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw unusable(file, attempt, error);
  }
}

function unusable(file: string, attempt: string, error: unknown): WaybillError {
  if (primaryCode(error) === SQLITE_FULL)
    return new WaybillError('DISK_FULL', `${attempt}: no space is left on the disk`, { cause: error });
  const found = error instanceof Error ? error.message : String(error);
  return new WaybillError('FILE_UNREADABLE', `${attempt}: its lock ${file} cannot be used (${found})`, {
    cause: error,
  });
}

function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** SQLite's result code without its details, which stand in the upper bits. */
function primaryCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
