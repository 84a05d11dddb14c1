/** A model signature as a file: beside the files that it is over, as `model.sig`, or anywhere else. */
import fs from 'node:fs';
import path from 'node:path';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { MAX_BUNDLE_SIZE } from '../../trust/bundle/bundle.ts';

/** @throws WaybillError FILE_UNREADABLE, LIMIT_EXCEEDED */
export function readSignatureFile(file: string): Buffer {
  try {
    return readSmallFile(file, MAX_BUNDLE_SIZE);
  } catch (error) {
    throw explainSystemError(`Cannot read the signature ${file}`, error);
  }
}

/**
 * The path of a file as a walk of the folder would give it; undefined when it lies elsewhere. The
 * file itself need not be there, and is not followed if it is a link.
 */
export function pathWithin(folder: string, file: string): string | undefined {
  const parent = realPath(path.dirname(path.resolve(file)));
  const root = realPath(folder);
  if (parent === undefined || root === undefined) return undefined;
  const relative = path.relative(root, path.join(parent, path.basename(file)));
  const isOutside = relative === '' || path.isAbsolute(relative) || relative.split(path.sep)[0] === '..';
  return isOutside ? undefined : relative.split(path.sep).join('/');
}

function realPath(folder: string): string | undefined {
  return fs.existsSync(folder) ? fs.realpathSync(folder) : undefined;
}
