/**
 * Looks at every file below a folder without opening one. Links inside the folder stand for the
 * file they point to; what cannot be packed is kept with the reason, and refused when a component
 * names it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { compareBytes } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { type FileIdentity, identityOf } from '../../base/file-identity.ts';
import { explainSystemError } from '../../base/system-errors.ts';

export interface SourceFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  /** Where the bytes lie, links resolved. */
  readonly file: string;
  readonly identity: FileIdentity;
  /** The owner's x bit. */
  readonly isExecutable: boolean;
  /** Why it cannot be packed, if it cannot. */
  readonly refusal?: string;
}

export interface WalkOptions {
  /** Whether `.git` is looked into; it is never packed, but a verified folder must not hide one. */
  readonly includeGit?: boolean;
  /** Whether links stand for their files; otherwise each is refused. */
  readonly followLinks?: boolean;
}

/** A package has at most 250,000 files; a folder may hold others beside them. */
const MAX_WALKED_FILES = 2_000_000;
/** Folders that link to each other have paths without end; honest links to folders are a handful. */
const MAX_LINKED_FOLDERS = 10_000;

/**
 * All files below the folder, sorted by the bytes of their paths, on every file system alike.
 * @throws WaybillError FILE_UNREADABLE, LIMIT_EXCEEDED
 */
export function walkFolder(folder: string, { includeGit = false, followLinks = true }: WalkOptions = {}): SourceFile[] {
  const root = realPathOf(folder);
  const walk = new Walk(allowedRoots(root), includeGit, followLinks);
  walk.folder(root, '', [root]);
  return walk.files.sort((a, b) => compareBytes(a.path, b.path));
}

function realPathOf(folder: string): string {
  try {
    const root = fs.realpathSync(folder);
    if (!fs.statSync(root).isDirectory())
      throw new WaybillError('FILE_UNREADABLE', `Cannot read ${folder}: it is not a folder`);
    return root;
  } catch (error) {
    throw explainSystemError(`Cannot read ${folder}`, error);
  }
}

/**
 * Where links may lead. A snapshot of the Hugging Face cache (`models--…/snapshots/REVISION`) is
 * made of links into its sibling `blobs`, which counts as inside.
 */
function allowedRoots(root: string): readonly string[] {
  const repository = path.dirname(path.dirname(root));
  const isSnapshot = path.basename(path.dirname(root)) === 'snapshots' && fs.existsSync(path.join(repository, 'blobs'));
  return isSnapshot ? [root, path.join(repository, 'blobs')] : [root];
}

class Walk {
  readonly files: SourceFile[] = [];
  readonly #roots: readonly string[];
  readonly #includeGit: boolean;
  readonly #followLinks: boolean;
  #linkedFolders = 0;

  constructor(roots: readonly string[], includeGit: boolean, followLinks: boolean) {
    this.#roots = roots;
    this.#includeGit = includeGit;
    this.#followLinks = followLinks;
  }

  folder(folder: string, prefix: string, ancestors: readonly string[]): void {
    for (const entry of this.#entriesOf(folder, prefix)) {
      if (entry.name === '.git' && !this.#includeGit) continue;
      const place = { path: `${prefix}${entry.name}`, file: path.join(folder, entry.name) };
      if (isNotUtf8(entry.name, place.file)) this.#refuse(place.path, place.file, 'its name is not valid UTF-8');
      else if (entry.isDirectory()) this.folder(place.file, `${place.path}/`, [...ancestors, place.file]);
      else if (entry.isSymbolicLink()) this.#link(place, ancestors);
      else this.#file(place);
    }
  }

  #entriesOf(folder: string, prefix: string): fs.Dirent[] {
    try {
      const entries = fs.readdirSync(folder, { withFileTypes: true });
      if (this.files.length + entries.length > MAX_WALKED_FILES) {
        throw new WaybillError(
          'LIMIT_EXCEEDED',
          `Cannot read the folder: it holds more than ${MAX_WALKED_FILES} files`,
        );
      }
      return entries;
    } catch (error) {
      throw explainSystemError(`Cannot read the folder ${prefix === '' ? folder : prefix}`, error);
    }
  }

  #link({ path: name, file }: { path: string; file: string }, ancestors: readonly string[]): void {
    const target = this.#targetOf(file, ancestors);
    if (target.refusal !== undefined) this.#refuse(name, file, target.refusal);
    else if (target.isFolder) this.#linkedFolder(name, target.file, ancestors);
    else this.#file({ path: name, file: target.file });
  }

  #linkedFolder(name: string, target: string, ancestors: readonly string[]): void {
    this.#linkedFolders += 1;
    if (this.#linkedFolders > MAX_LINKED_FOLDERS) {
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot read the folder: links lead to more than ${MAX_LINKED_FOLDERS} folders`,
      );
    }
    this.folder(target, `${name}/`, [...ancestors, target]);
  }

  /** What a link stands for, or why it stands for nothing. */
  #targetOf(file: string, ancestors: readonly string[]): { file: string; isFolder: boolean; refusal?: string } {
    const refused = (refusal: string) => ({ file, isFolder: false, refusal });
    if (!this.#followLinks) return refused('it is a symbolic link');
    let target: string;
    try {
      target = fs.realpathSync(file);
    } catch {
      return refused('it is a symbolic link that leads nowhere');
    }
    if (!this.#roots.some((root) => target === root || target.startsWith(root + path.sep))) {
      return refused(`it is a symbolic link that leaves the folder (to ${fs.readlinkSync(file)})`);
    }
    if (ancestors.includes(target)) return refused('it is a symbolic link to a folder that it lies in');
    return { file: target, isFolder: fs.statSync(target).isDirectory() };
  }

  #file({ path: name, file }: { path: string; file: string }): void {
    const stats = this.#statsOf(name, file);
    const kinds: [boolean, string][] = [
      [stats.isSocket(), 'a socket'],
      [stats.isFIFO(), 'a pipe'],
      [stats.isBlockDevice() || stats.isCharacterDevice(), 'a device'],
    ];
    const special = kinds.find(([is]) => is)?.[1];
    this.files.push({
      path: name,
      file,
      identity: identityOf(stats),
      isExecutable: (stats.mode & 0o100n) !== 0n,
      ...(special === undefined ? {} : { refusal: `it is ${special}` }),
    });
  }

  #statsOf(name: string, file: string): fs.BigIntStats {
    try {
      const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
      if (stats !== undefined) return stats;
    } catch (error) {
      throw explainSystemError(`Cannot read ${name}`, error);
    }
    throw new WaybillError('FILE_CHANGED', `Cannot read ${name}: it vanished while the folder was being read`);
  }

  #refuse(name: string, file: string, refusal: string): void {
    const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    const identity =
      stats === undefined ? { device: 0n, inode: 0n, size: 0, mtimeNs: 0n, ctimeNs: 0n } : identityOf(stats);
    this.files.push({ path: name, file, identity, isExecutable: false, refusal });
  }
}

/** Bytes that are no UTF-8 are shown as U+FFFD, and a file cannot be asked for by such a name. */
function isNotUtf8(name: string, file: string): boolean {
  return name.includes('\ufffd') && fs.lstatSync(file, { throwIfNoEntry: false }) === undefined;
}
