/**
 * Where files are restored: a new folder beside the destination that takes its name when all is
 * verified. What an interrupted run left is taken away by the next.
 */
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { makeFolders, randomName, syncFiles, syncFolder } from '../../base/files.ts';
import { acquireLock } from '../../base/lock.ts';
import { explainSystemError } from '../../base/system-errors.ts';

const LOCK_NAME = 'lock';

/**
 * Opens a destination; disposing without `finish` leaves nothing of it.
 * @param overwrite whether a folder that is there may be replaced
 * @throws WaybillError DESTINATION_EXISTS, FILE_UNREADABLE, STORE_BUSY
 */
export async function openDestination(folder: string, overwrite: boolean): Promise<Destination> {
  const target = path.resolve(folder);
  const firstMade = makeParents(target, folder, overwrite);
  const place = path.join(path.dirname(target), `.${path.basename(target)}.waybill`);
  let destination: Destination | undefined;
  try {
    const lock = await takePlace(place, folder);
    const fresh = path.join(place, randomName());
    destination = new Destination({ target, place, fresh, overwrite, firstMade }, lock);
    restoreAfterCrash(place, target);
    fs.mkdirSync(fresh);
    return destination;
  } catch (error) {
    await destination?.[Symbol.asyncDispose]();
    removeEmptyParents(target, firstMade);
    throw explainSystemError(`Cannot unpack into ${folder}`, error);
  }
}

interface Places {
  /** The folder to be. */
  readonly target: string;
  /** Beside it: the lock, and what is not finished. */
  readonly place: string;
  /** In the place: the files until they are verified. */
  readonly fresh: string;
  readonly overwrite: boolean;
  /** The topmost folder above the target that had to be made. */
  readonly firstMade: string | undefined;
}

/** Makes the folder beside the destination and keeps others out of it. */
async function takePlace(place: string, folder: string): Promise<Disposable> {
  for (;;) {
    try {
      fs.mkdirSync(place, { mode: 0o700 });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    try {
      refuseForeignPlace(place, folder);
      const attempt = `Cannot unpack into ${folder}`;
      return await acquireLock(path.join(place, LOCK_NAME), { mode: 'exclusive', wait: 0, attempt });
    } catch (error) {
      // Unless another run has finished meanwhile and taken its place away.
      if (fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined) throw error;
    }
  }
}

/** Where files of a package are written. */
export interface Place {
  /** The path at which a file is written; its folders are made. The name must have been checked. */
  pathFor(relative: string): string;
}

export class Destination implements Place, AsyncDisposable {
  readonly #places: Places;
  readonly #lock: Disposable;
  readonly #folders = new Set<string>();
  readonly #files: string[] = [];

  constructor(places: Places, lock: Disposable) {
    this.#places = places;
    this.#lock = lock;
  }

  pathFor(relative: string): string {
    const file = path.join(this.#places.fresh, ...relative.split('/'));
    const folder = path.dirname(file);
    if (!this.#folders.has(folder)) fs.mkdirSync(folder, { recursive: true });
    this.#folders.add(folder);
    this.#files.push(file);
    return file;
  }

  /** A folder in it, for one of several packages. */
  within(folder: string): Place {
    return { pathFor: (relative) => this.pathFor(`${folder}/${relative}`) };
  }

  /** Gives the restored files their name, all at once. */
  async finish(): Promise<void> {
    const { target, place, fresh, overwrite } = this.#places;
    await syncFiles(fresh, this.#files);
    for (const folder of this.#folders) syncFolder(folder);
    const old = path.join(place, 'replaced');
    try {
      // Somebody may have put something there since the beginning.
      checkTarget(target, target, overwrite);
      if (overwrite && fs.existsSync(target)) fs.renameSync(target, old);
      // Takes the place of nothing and of an empty folder, and fails on all else.
      fs.renameSync(fresh, target);
    } catch (error) {
      if (fs.existsSync(old) && !fs.existsSync(target)) fs.renameSync(old, target);
      throw explainSystemError(`Cannot unpack into ${target}`, error);
    }
    syncFolder(path.dirname(target));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { target, place, firstMade } = this.#places;
    // The lock file goes while the lock is held: whoever comes next makes a new one.
    for (const name of fs.readdirSync(place)) {
      if (name !== LOCK_NAME) fs.rmSync(path.join(place, name), { recursive: true, force: true });
    }
    fs.rmSync(path.join(place, LOCK_NAME), { force: true });
    try {
      fs.rmdirSync(place);
    } catch (error) {
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'ENOENT') throw error;
    } finally {
      this.#lock[Symbol.dispose]();
    }
    removeEmptyParents(target, firstMade);
  }
}

/** @returns the topmost folder that was made above the target, once the target has been found free */
function makeParents(target: string, folder: string, overwrite: boolean): string | undefined {
  try {
    checkTarget(target, folder, overwrite);
    return makeFolders(path.dirname(target));
  } catch (error) {
    throw explainSystemError(`Cannot unpack into ${folder}`, error);
  }
}

/** Takes away the folders that were made for a destination that did not come. */
function removeEmptyParents(target: string, firstMade: string | undefined): void {
  if (firstMade === undefined) return;
  for (let folder = path.dirname(target); folder.startsWith(firstMade); folder = path.dirname(folder)) {
    try {
      fs.rmdirSync(folder);
    } catch {
      return; // Something is in it, by now somebody else's too.
    }
  }
}

function checkTarget(target: string, folder: string, overwrite: boolean): void {
  const stats = fs.lstatSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const refuse = (found: string, hint: string) =>
    new WaybillError('DESTINATION_EXISTS', `Cannot unpack into ${folder}: ${found}`, { hint });
  if (stats.isSymbolicLink()) throw refuse('it is a symbolic link', 'Name the folder itself');
  if (!stats.isDirectory()) throw refuse('it is a file', 'Name a folder');
  if (fs.readdirSync(target).length > 0 && !overwrite)
    throw refuse('it is not empty', 'Name a new folder, or add --force to replace this one and all that is in it');
}

/** In a folder that others can write, somebody could wait for us with a folder or link of this name. */
function refuseForeignPlace(place: string, folder: string): void {
  const stats = fs.lstatSync(place);
  const isOurs = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && isOurs && (stats.mode & 0o022) === 0) return;
  throw new WaybillError(
    'DESTINATION_EXISTS',
    `Cannot unpack into ${folder}: ${place} is in the way and was not made by Waybill for you`,
    {
      hint: 'Remove it, or name another folder',
    },
  );
}

/** A crash between the two renames of `finish` left the old folder aside and nothing in its place. */
function restoreAfterCrash(place: string, target: string): void {
  const old = path.join(place, 'replaced');
  if (fs.existsSync(old) && !fs.existsSync(target)) {
    try {
      fs.renameSync(old, target);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  for (const name of fs.readdirSync(place)) {
    if (name !== LOCK_NAME) fs.rmSync(path.join(place, name), { recursive: true, force: true });
  }
}
