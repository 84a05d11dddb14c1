/** A file, or content elsewhere, of which single parts are read. */
import fs from 'node:fs';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { explainSystemError } from '../../base/system-errors.ts';

export interface ByteSource {
  /** What it is called in messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Exactly the bytes from `start`, `length` of them; who asks for bytes behind the end gets a RangeError. */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** @throws WaybillError FILE_UNREADABLE */
export function openFile(file: string): ByteSource & Disposable {
  let descriptor: number;
  try {
    // Not waiting for somebody who writes into a pipe.
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
  const stats = fs.fstatSync(descriptor);
  if (!stats.isFile()) {
    fs.closeSync(descriptor);
    throw new WaybillError('FILE_UNREADABLE', `Cannot read ${file}: it is no regular file`);
  }
  return {
    name: file,
    size: stats.size,
    read: async (start, length) => readPart({ descriptor, file, size: stats.size }, start, length),
    [Symbol.dispose]: () => fs.closeSync(descriptor),
  };
}

function readPart(
  { descriptor, file, size }: { descriptor: number; file: string; size: number },
  start: number,
  length: number,
): Uint8Array {
  if (start < 0 || length < 0 || start + length > size)
    throw new RangeError(`${file} has ${size} bytes, not ${start + length}`);
  const bytes = Buffer.allocUnsafe(length);
  try {
    for (let at = 0; at < length; ) {
      const count = fs.readSync(descriptor, bytes, at, length - at, start + at);
      if (count === 0) throw new WaybillError('FILE_CHANGED', `Cannot read ${file}: it became shorter meanwhile`);
      at += count;
    }
  } catch (error) {
    throw systemCode(error) === undefined ? error : explainSystemError(`Cannot read ${file}`, error);
  }
  return bytes;
}

export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(start, length) {
      if (start < 0 || length < 0 || start + length > bytes.length)
        throw new RangeError(`${name} has ${bytes.length} bytes, not ${start + length}`);
      return bytes.subarray(start, start + length);
    },
  };
}
