/** Reads one file of an assembly, and notices when it is not, or does not stay, what it was. */
import fs from 'node:fs';
import { systemCode, WaybillError } from '../errors.ts';
import { type FileIdentity, identityOf, sameIdentity } from '../file-identity.ts';
import { explainSystemError } from '../system-errors.ts';

export interface FilePart {
  /** Absolute path of a regular file; links are not followed. */
  readonly file: string;
  /** How the reader knows the file, for messages. */
  readonly name: string;
  /** What it must be when it is opened and still be when it is read; any regular file if absent. */
  readonly identity?: FileIdentity;
  /** As what it stands in a tar archive, if the blob is one: the header and the padding are made here. */
  readonly entry?: { readonly path: string; readonly mode: number };
}

/** Measured on ext4: writes of 512 KiB and more take up to four times the system time, of 128 KiB a tenth more. */
export const BUFFER_SIZE: number = 256 * 1024;

let shared: Buffer | undefined;

/** This thread's one buffer for whoever is done with a chunk before he asks for the next. */
export function threadBuffer(): Buffer {
  shared ??= Buffer.allocUnsafeSlow(BUFFER_SIZE);
  return shared;
}

export interface Reading {
  /** Where the next chunk goes; never empty. This thread's one buffer if absent. */
  readonly into?: () => Buffer;
  /** Of the file, `end` exclusive; all of it if absent. */
  readonly start?: number;
  readonly end?: number;
}

/**
 * The content of a file, chunk by chunk.
 * @throws WaybillError FILE_CHANGED, FILE_UNREADABLE
 */
export function* chunksOf(
  part: FilePart,
  { into = threadBuffer, start = 0, end = Number.POSITIVE_INFINITY }: Reading = {},
): Generator<Uint8Array, void> {
  let input: number;
  try {
    // O_NONBLOCK: a pipe that was put in the file's place must not hold us for ever.
    input = fs.openSync(part.file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    // It was there when the folder was looked at.
    if (part.identity !== undefined && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? ''))
      throw changed(part.name);
    throw explainSystemError(`Cannot read ${part.name}`, error);
  }
  try {
    const before = fs.fstatSync(input, { bigint: true });
    if (!before.isFile()) {
      throw new WaybillError('FILE_UNREADABLE', `Cannot read ${part.name}: it is not a regular file`);
    }
    const identity = identityOf(before);
    if (part.identity !== undefined && !sameIdentity(part.identity, identity)) throw changed(part.name);
    let at = start;
    while (at < end) {
      const room = into();
      const count = fs.readSync(input, room, 0, Math.min(room.length, end - at), at);
      if (count === 0) break;
      at += count;
      // A file that grows as fast as it is read would never end.
      if (at > identity.size) throw changed(part.name);
      yield room.subarray(0, count);
    }
    const isAll = at === Math.min(end, identity.size);
    if (!isAll || !sameIdentity(identity, identityOf(fs.fstatSync(input, { bigint: true })))) throw changed(part.name);
  } catch (error) {
    throw explainSystemError(`Cannot read ${part.name}`, error);
  } finally {
    fs.closeSync(input);
  }
}

export function changed(name: string): WaybillError {
  return new WaybillError('FILE_CHANGED', `Cannot read ${name}: it changed while it was being read`, {
    hint: 'Wait until whatever writes it has finished, then run the command again',
  });
}
