/** The key of the hub's session tokens: made once, kept beside the database, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { randomName } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';

const KEY_BYTES = 32;

/** @throws WaybillError FILE_UNREADABLE, CONFIG_INVALID */
export function openSigningKey(folder: string): Buffer {
  const file = path.join(folder, 'session.key');
  try {
    if (!fs.existsSync(file)) make(file);
    const key = fs.readFileSync(file);
    if (key.length === KEY_BYTES) return key;
  } catch (error) {
    throw explainSystemError(`Cannot use ${file}`, error);
  }
  throw new WaybillError('CONFIG_INVALID', `Cannot use ${file}: it does not hold ${KEY_BYTES} bytes`, {
    hint: 'Remove it: the hub makes another, and clients log in again by themselves',
  });
}

/** Whole or not at all, and the first of several processes wins. */
function make(file: string): void {
  const draft = `${file}.${randomName()}`;
  fs.writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(draft);
  }
}
