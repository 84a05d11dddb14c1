/**
 * Locks between processes that the kernel gives back when their owner dies, however it dies.
 * Node has no flock; SQLite takes POSIX record locks on an empty file for us, shared for readers
 * and exclusive for one writer, and never leaves a stale one behind.
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaybillError } from './errors.ts';

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

/**
 * Takes a lock on a file, which is made if need be; disposing gives it back.
 * @throws WaybillError STORE_BUSY when others hold it for longer than `wait`
 */
export async function acquireLock(file: string, request: LockRequest): Promise<Disposable> {
  const database = new DatabaseSync(file, { timeout: 0 });
  let waited = 0;
  for (;;) {
    try {
      if (request.mode === 'exclusive') database.exec('BEGIN EXCLUSIVE');
      else database.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
      return { [Symbol.dispose]: () => database.close() };
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      if (!isBusy(error)) {
        database.close();
        throw error;
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

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}
