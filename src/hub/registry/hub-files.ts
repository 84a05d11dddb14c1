/**
 * All that lies in the folders of a hub, told apart by its name alone: what the hub wrote, what it
 * left behind when it was killed, and what is not its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { isRepositoryName, isTag, type RepositoryName } from '../../oci/reference.ts';
import { TEMPORARY_BLOB } from './blob-files.ts';

export type HubFile =
  | { readonly kind: 'blob'; readonly digest: Digest; readonly file: string; readonly size: number }
  | { readonly kind: 'manifest'; readonly repository: RepositoryName; readonly digest: Digest; readonly file: string }
  | { readonly kind: 'tag'; readonly repository: RepositoryName; readonly name: string; readonly file: string }
  | { readonly kind: 'upload'; readonly id: string; readonly file: string; readonly size: number }
  /** Half of a file that was being written. */
  | { readonly kind: 'temporary'; readonly file: string }
  | { readonly kind: 'stray'; readonly file: string };

const TEMPORARY = /^\..+\.[0-9a-f]{16}$/;

/** @throws errors of the system as they are */
export function* hubFiles(folder: string): Iterable<HubFile> {
  for (const top of ['blobs', 'uploads', 'repositories']) yield* filesIn(path.join(folder, top), [top]);
}

function* filesIn(folder: string, parts: readonly string[]): Iterable<HubFile> {
  if (!fs.existsSync(folder)) return;
  const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    const own = [...parts, entry.name];
    if (entry.isDirectory()) yield* filesIn(file, own);
    else if (!entry.isFile()) yield { kind: 'stray', file };
    else yield classify(own, file);
  }
}

function classify([top, ...parts]: readonly string[], file: string): HubFile {
  const name = parts.at(-1) ?? '';
  if (top === 'repositories') return TEMPORARY.test(name) ? { kind: 'temporary', file } : recordIn(parts, file);
  const { size } = fs.lstatSync(file);
  if (top === 'uploads')
    return parts.length === 1 && /^[0-9a-f]{16,64}$/.test(name)
      ? { kind: 'upload', id: name, file, size }
      : { kind: 'stray', file };
  if (TEMPORARY_BLOB.test(name)) return { kind: 'temporary', file };
  const [algorithm = '', two = '', hex = '', ...more] = parts;
  const digest = `${algorithm}:${hex}`;
  return isDigest(digest) && two === hex.slice(0, 2) && more.length === 0
    ? { kind: 'blob', digest, file, size }
    : { kind: 'stray', file };
}

/** `REPOSITORY/_manifests/ALGORITHM/HEX` and `REPOSITORY/_tags/TAG`. */
function recordIn(parts: readonly string[], file: string): HubFile {
  const at = parts.findIndex((part) => part === '_manifests' || part === '_tags');
  const repository = parts.slice(0, Math.max(0, at)).join('/');
  const rest = parts.slice(at + 1);
  if (at < 1 || !isRepositoryName(repository)) return { kind: 'stray', file };
  const [first = '', hex = '', ...more] = rest;
  if (parts[at] === '_tags') {
    const isOwn = rest.length === 1 && isTag(first);
    return isOwn ? { kind: 'tag', repository, name: first, file } : { kind: 'stray', file };
  }
  const digest = `${first}:${hex}`;
  return isDigest(digest) && more.length === 0
    ? { kind: 'manifest', repository, digest, file }
    : { kind: 'stray', file };
}
