/** Takes signature bundles out of a store, as files that other tools read: `cosign --bundle`, `model_signing`. */
import path from 'node:path';
import { makeFolders, writeAtomically } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { encodedOf } from '../../oci/digest.ts';
import type { Bundle } from '../../trust/bundle/bundle.ts';

/** Of the digest in a file's name: no two bundles of a package share them. */
const DIGITS = 16;

/**
 * @param kind short name of what it says, if it is known
 * @returns the path of the file; one of that name is replaced
 */
export function saveBundle(folder: string, { digest, bytes }: Bundle, kind = 'statement'): string {
  const file = path.join(folder, `${kind}-${encodedOf(digest).slice(0, DIGITS)}.sigstore.json`);
  try {
    makeFolders(folder);
    writeAtomically(file, bytes);
  } catch (error) {
    throw explainSystemError(`Cannot write ${file}`, error);
  }
  return file;
}
