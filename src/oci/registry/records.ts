/** Where uploads that have begun go on: kept between processes, for their owner alone. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeFully } from '../../base/files.ts';

export interface UploadRecords {
  /** The address at which the upload goes on. */
  find(key: string): string | undefined;
  remember(key: string, location: string): void;
  forget(key: string): void;
}

export const noRecords: UploadRecords = { find: () => undefined, remember() {}, forget() {} };

/** A record is a few short texts, and spaces behind them. */
const MAX_RECORD_SIZE = 16 * 1024;

/** Records in a folder; one that cannot be read or written is as good as none. */
export function recordsIn(folder: string): UploadRecords {
  const fileOf = (key: string) => path.join(folder, createHash('sha256').update(key).digest('hex'));
  return {
    find(key) {
      try {
        const file = fileOf(key);
        if (fs.statSync(file).size > MAX_RECORD_SIZE) return undefined;
        const record = JSON.parse(fs.readFileSync(file, 'utf8'));
        return record.key === key && typeof record.location === 'string' ? record.location : undefined;
      } catch {
        return undefined;
      }
    },
    remember(key, location) {
      const text = JSON.stringify({ key, location });
      try {
        if (Buffer.byteLength(text) <= MAX_RECORD_SIZE) overwrite(fileOf(key), Buffer.from(text));
      } catch {
        // The push goes on; only a later process could not resume it.
      }
    },
    forget(key) {
      fs.rmSync(fileOf(key), { force: true });
    },
  };
}

/**
 * In place, and always as many bytes: a record changes with every chunk, and what replaces a file
 * makes file systems wait for the disk. A kill leaves the old one or the new; after a power cut a
 * push may begin anew.
 */
function overwrite(file: string, text: Buffer): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW;
  const descriptor = fs.openSync(file, flags, 0o600);
  try {
    writeFully(descriptor, Buffer.concat([text, Buffer.alloc(MAX_RECORD_SIZE - text.length, ' ')]), 0);
  } finally {
    fs.closeSync(descriptor);
  }
}
