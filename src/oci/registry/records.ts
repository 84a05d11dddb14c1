/** Where uploads that have begun go on: kept between processes, for their owner alone. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeAtomically } from '../../base/files.ts';

export interface UploadRecords {
  /** The address at which the upload goes on. */
  find(key: string): string | undefined;
  remember(key: string, location: string): void;
  forget(key: string): void;
}

export const noRecords: UploadRecords = { find: () => undefined, remember() {}, forget() {} };

/** A record is a few short texts. */
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
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeAtomically(fileOf(key), JSON.stringify({ key, location }), 0o600);
      } catch {
        // The push goes on; only a later process could not resume it.
      }
    },
    forget(key) {
      fs.rmSync(fileOf(key), { force: true });
    },
  };
}
