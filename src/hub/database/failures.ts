/** What SQLite says, as errors that somebody can act on. */
import { WaybillError } from '../../base/errors.ts';
import { explainSystemError } from '../../base/system-errors.ts';

/** Result codes: sqlite.org/rescode.html. Details stand in the upper bits. */
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** @returns what is not SQLite's, or a bug, as `explainSystemError` has it */
export function explainDatabaseError(attempt: string, error: unknown): unknown {
  if (codeOf(error) === SQLITE_FULL)
    return new WaybillError('DISK_FULL', `${attempt}: no space is left on the disk`, { cause: error });
  if (isDamage(error))
    return new WaybillError('STORE_UNAVAILABLE', `${attempt}: it is damaged`, {
      cause: error,
      hint: 'Stop the hub, bring hub.sqlite back from a backup, or move it away (the users are in it) and run waybill hub reindex',
    });
  return explainSystemError(attempt, error);
}

export function isDamage(error: unknown): error is Error {
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(codeOf(error));
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
