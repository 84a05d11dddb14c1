/** What lies in a folder: to compare what tools restored. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { tool } from './_run.ts';

export interface TreeFile {
  readonly path: string;
  readonly size: number;
  readonly digest: string;
  readonly isExecutable: boolean;
}

/** Every file below the folder, by path. */
export function treeOf(folder: string): readonly TreeFile[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !fs.lstatSync(path.join(folder, name)).isDirectory())
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      const { size, mode } = fs.lstatSync(file);
      return { path: name, size, digest: digestOf(fs.readFileSync(file)), isExecutable: (mode & 0o100) !== 0 };
    });
}

/** The paths alone. */
export function pathsOf(folder: string): readonly string[] {
  return treeOf(folder).map(({ path }) => path);
}

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Coreutils' own verdict; throws with what it said when a file differs or is missing. */
export function checkSums(folder: string): void {
  tool('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], { cwd: folder });
}
