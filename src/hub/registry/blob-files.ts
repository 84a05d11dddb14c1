/** What is done with the files of blobs and uploads, one by one. */
import type { Hash } from 'node:crypto';
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { CHUNK_SIZE } from '../../base/bytes.ts';
import { systemCode } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';

/** Names that are given to a blob on its way to its own. */
export const TEMPORARY_BLOB: RegExp = /^\.[0-9a-f]{16}$/;

/** Gives a file a second name, in place of what has that name already. */
export function placeBeside(file: string, to: string): void {
  try {
    fs.linkSync(file, to);
  } catch (error) {
    const code = systemCode(error) ?? '';
    // Where a file cannot have two names it gets another one.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(code)) fs.renameSync(file, to);
    else if (code === 'EEXIST') replace(file, to);
    else throw error;
  }
}

function replace(file: string, to: string): void {
  const beside = path.join(path.dirname(to), `.${randomName()}`);
  try {
    fs.linkSync(file, beside);
    fs.renameSync(beside, to);
  } finally {
    // Two names of one file are left as they are by a rename: POSIX.
    fs.rmSync(beside, { force: true });
  }
}

export async function hashFile(file: FileHandle, size: number, hash: Hash): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) return;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

export async function writeFully(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; )
    at += (await file.write(chunk, at, chunk.length - at, position + at)).bytesWritten;
}
