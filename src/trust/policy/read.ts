/** Reads trust.yaml from a disk, with the keys and certificates that stand beside it. */
import path from 'node:path';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { MAX_TRUST_FILE_SIZE, type ParsedTrustFile, parseTrustFile } from './parse.ts';

/** Root certificates of many authorities have some 200 KiB, a key less than one. */
const MAX_NEIGHBOUR_SIZE = 1024 * 1024;

/** @throws WaybillError TRUST_FILE_INVALID with every problem, FILE_UNREADABLE, LIMIT_EXCEEDED, UNSUPPORTED */
export function readTrustFile(file: string): ParsedTrustFile {
  const resolve = (name: string) => path.resolve(path.dirname(file), name);
  const read = (name: string, limit: number) => {
    try {
      return readSmallFile(name, limit);
    } catch (error) {
      throw explainSystemError(`Cannot read ${name}`, error);
    }
  };
  return parseTrustFile(read(file, MAX_TRUST_FILE_SIZE).toString('utf8'), file, {
    read: (name) => read(resolve(name), MAX_NEIGHBOUR_SIZE),
    resolve,
  });
}
