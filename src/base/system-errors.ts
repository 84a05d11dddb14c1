/** Turns what the operating system says into an error that a reader can act on. */
import { type ErrorCode, systemCode, WaybillError } from './errors.ts';

interface Explanation {
  readonly code: ErrorCode;
  readonly found: string;
  readonly hint?: string;
}

const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: {
    code: 'DISK_FULL',
    found: 'no space is left on the disk',
    hint: 'Free some space, then run the command again',
  },
  EDQUOT: {
    code: 'DISK_FULL',
    found: 'the disk quota is used up',
    hint: 'Free some space, then run the command again',
  },
  EFBIG: { code: 'DISK_FULL', found: 'the file would be larger than the file system or a limit (ulimit -f) allows' },
  EEXIST: { code: 'DESTINATION_EXISTS', found: 'something of this name is there already' },
  ENOTEMPTY: { code: 'DESTINATION_EXISTS', found: 'something is in it' },
  ENOENT: { code: 'FILE_UNREADABLE', found: 'it does not exist' },
  ENOTDIR: { code: 'FILE_UNREADABLE', found: 'a part of the path is not a folder' },
  EISDIR: { code: 'FILE_UNREADABLE', found: 'it is a folder' },
  EACCES: { code: 'FILE_UNREADABLE', found: 'permission denied' },
  EPERM: { code: 'FILE_UNREADABLE', found: 'operation not permitted' },
  EROFS: { code: 'FILE_UNREADABLE', found: 'the file system is read-only' },
  ELOOP: { code: 'FILE_UNREADABLE', found: 'it is a symbolic link, or a loop of them' },
  EMFILE: { code: 'FILE_UNREADABLE', found: 'too many files are open', hint: 'Raise the limit with ulimit -n' },
  ENAMETOOLONG: { code: 'FILE_UNREADABLE', found: 'the name is too long for this file system' },
  EXDEV: { code: 'FILE_UNREADABLE', found: 'source and destination lie on different file systems' },
  EADDRINUSE: {
    code: 'FILE_UNREADABLE',
    found: 'another program listens there',
    hint: 'Name another port; 0 picks a free one',
  },
  EADDRNOTAVAIL: { code: 'FILE_UNREADABLE', found: 'this machine has no such address' },
  EIO: { code: 'FILE_UNREADABLE', found: 'the device reports an input/output error' },
};

/**
 * Wraps an error of the operating system.
 * @param attempt what was tried, as in `Cannot read weights/model.onnx`
 * @returns the error unchanged if it is already ours or not the system's, so that bugs keep their stack
 */
export function explainSystemError(attempt: string, error: unknown): unknown {
  if (error instanceof WaybillError) return error;
  const code = systemCode(error);
  const explanation = code === undefined ? undefined : explanations[code];
  if (explanation === undefined) return error;
  return new WaybillError(explanation.code, `${attempt}: ${explanation.found}`, {
    cause: error,
    ...(explanation.hint === undefined ? {} : { hint: explanation.hint }),
  });
}
