/** A folder of its own for a test, under the system's temporary folder, that goes when the test ends. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Scratch extends Disposable {
  readonly folder: string;
  /** A path in it; nothing is made. */
  at(...parts: string[]): string;
  /** What lies in it or below one of its folders, every kind of entry, sorted. */
  list(...parts: string[]): string[];
}

/** `using scratch = makeScratch()`, or dispose it in `afterAll`. */
export function makeScratch(): Scratch {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'waybill-test-'));
  const at = (...parts: string[]) => path.join(folder, ...parts);
  return {
    folder,
    at,
    list: (...parts) => {
      if (!fs.existsSync(at(...parts))) return [];
      return fs.readdirSync(at(...parts), { recursive: true, encoding: 'utf8' }).sort();
    },
    [Symbol.dispose]: () => {
      makeWritable(folder);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Tests take rights away; without them an ordinary user cannot remove a folder. */
function makeWritable(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !entry.name.includes('\ufffd')) makeWritable(path.join(folder, entry.name));
  }
}
