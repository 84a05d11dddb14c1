/**
 * What a SHA256SUMS among signed files vouches for. Model Signing leaves out what git keeps; a
 * package lists it there, so that whoever signs the list signs those files too.
 */
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE, type Sum } from '../sums.ts';

/**
 * The list, if it is one in our form: a file of this name may be anybody's.
 * @param file where it lies; @param expected its digest, as it was just read and found
 * @throws WaybillError FILE_CHANGED when it is no longer what it was
 */
export function readSums(file: string, expected: Digest): readonly Sum[] | undefined {
  let bytes: Buffer;
  try {
    bytes = readSmallFile(file, MAX_SUMS_SIZE);
  } catch (error) {
    throw explainSystemError(`Cannot read ${SUMS_FILE}`, error);
  }
  if (digestOf(bytes) !== expected)
    throw new WaybillError('FILE_CHANGED', `Cannot read ${SUMS_FILE}: it changed while the folder was being read`);
  try {
    return parseSums(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
