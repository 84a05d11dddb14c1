/** What a folder holds, as a value that can be compared. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Each file with its permission bits and the hash of its bytes; folders, links and others by their kind. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(folder, name);
    const stats = fs.lstatSync(file);
    if (stats.isFile()) {
      const hash = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
      tree[name] = `${(stats.mode & 0o7777).toString(8)} ${hash}`;
    } else tree[name] = stats.isDirectory() ? 'folder' : `mode ${stats.mode.toString(8)}`;
  }
  return tree;
}
