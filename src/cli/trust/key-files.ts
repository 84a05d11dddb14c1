/** Writes the two files of a key pair: never over something, the private one for its owner alone. */
import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import { writeNew } from '../../base/files.ts';

export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

const OWNER_ALONE = 0o600;
const EVERYBODY = 0o644;

export function keyFilesOf(name: string): KeyFiles {
  return { privateKey: `${name}.key`, publicKey: `${name}.pub` };
}

/**
 * Said before anybody thinks of a passphrase.
 * @throws WaybillError DESTINATION_EXISTS
 */
export function refuseExisting(files: KeyFiles): void {
  for (const file of [files.privateKey, files.publicKey]) if (isThere(file)) throw isTaken(file);
}

/**
 * Both, or none.
 * @throws WaybillError DESTINATION_EXISTS, FILE_UNREADABLE, DISK_FULL
 */
export function writeKeyFiles(files: KeyFiles, { privateKey, publicKey }: KeyFiles): void {
  writeNew(files.privateKey, privateKey, OWNER_ALONE);
  try {
    writeNew(files.publicKey, publicKey, EVERYBODY);
  } catch (error) {
    fs.rmSync(files.privateKey);
    throw error;
  }
}

/** Also a link to nowhere is something. */
function isThere(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isTaken(file: string): WaybillError {
  return new WaybillError('DESTINATION_EXISTS', `Cannot write ${file}: something of this name is there already`, {
    hint: 'Keys are never overwritten: take another name',
  });
}
