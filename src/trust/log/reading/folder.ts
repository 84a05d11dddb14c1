/** A log that lies in a folder. */
import path from 'node:path';
import { systemCode } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { type LogReader, maxSizeOf } from './reader.ts';

/** @param limitOf how large the file of a path may be */
export function folderReader(folder: string, limitOf: (path: string) => number = maxSizeOf): LogReader {
  return { place: folder, read: async (name) => readFile(path.join(folder, name), limitOf(name)) };
}

/** @throws WaybillError FILE_UNREADABLE, LIMIT_EXCEEDED */
function readFile(file: string, limit: number): Buffer | undefined {
  try {
    return readSmallFile(file, limit);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
