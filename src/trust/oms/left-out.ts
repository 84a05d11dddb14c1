/**
 * What OpenSSF Model Signing 1.0 keeps out of a signature (§6.2): the signature itself, and what git
 * keeps beside a model. Others' verifiers pass over these names, whatever lies under them.
 */

/** Where a signature lies beside the files that it is over. */
export const SIGNATURE_FILE = 'model.sig';

/** At the root of a model, each with all that is below it (§6.2.1). Sorted, as they are written into signatures. */
export const leftOutNames: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore', SIGNATURE_FILE];

export function isLeftOut(path: string): boolean {
  return leftOutNames.some((name) => isWithin(path, name));
}

/** Whether a path is this one, or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
