/** Whether two checkpoints are of one log: the older tree is the beginning of the newer one. */
import { WaybillError } from '../../../base/errors.ts';
import { isConsistent, type TreeHead } from '../merkle/verify.ts';
import type { LogReader } from './reader.ts';
import { consistencyProof } from './tiles.ts';

/**
 * A proof that the log cannot give is as bad as a wrong one: it has signed that it has the entries.
 * @param reader of the log that shows the newer tree
 * @throws WaybillError TRUST_UNDECIDED and others of the reader, when it cannot be told
 */
export async function goesOn(reader: LogReader, older: TreeHead, newer: TreeHead): Promise<boolean> {
  try {
    return isConsistent(older, newer, await consistencyProof(reader, older.size, newer.size));
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'LOG_INVALID') return false;
    throw error;
  }
}
