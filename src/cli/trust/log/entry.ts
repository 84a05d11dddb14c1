/** An entry that lies in a file. */
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { MAX_ENTRY_SIZE } from '../../../trust/log/tiles/bundle.ts';

/** @throws WaybillError FILE_UNREADABLE, LIMIT_EXCEEDED */
export function readEntry(file: string): Buffer {
  try {
    return readSmallFile(file, MAX_ENTRY_SIZE);
  } catch (error) {
    throw explainSystemError(`Cannot read the entry in ${file}`, error);
  }
}
