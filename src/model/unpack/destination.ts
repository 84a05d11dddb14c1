/**
 * Where files are restored: a new folder beside the destination that takes its name when all is
 * verified. What an interrupted run left is taken away by the next.
 */
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { randomName, syncFiles, syncFolder } from '../../base/files.ts';
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
  checkTarget(target, folder, overwrite);
  const place = path.join(path.dirname(target), `.${path.basename(target)}.waybill`);
  try {
    fs.mkdirSync(place, { recursive: true, mode: 0o700 });
    refuseForeignPlace(place, folder);
    const lock = await acquireLock(path.join(place, LOCK_NAME), {
      mode: 'exclusive',
      wait: 0,
      attempt: `Cannot unpack into ${folder}`,
    });
    restoreAfterCrash(place, target);
    const fresh = path.join(place, randomName());
    fs.mkdirSync(fresh);
    return new Destination(target, place, fresh, lock);
  } catch (error) {
    throw explainSystemError(`Cannot unpack into ${folder}`, error);
  }
}

export class Destination implements AsyncDisposable {
  readonly #target: string;
  readonly #place: string;
  readonly #fresh: string;
  readonly #lock: Disposable;
  readonly #folders = new Set<string>();
  readonly #files: string[] = [];

  constructor(target: string, place: string, fresh: string, lock: Disposable) {
    this.#target = target;
    this.#place = place;
    this.#fresh = fresh;
    this.#lock = lock;
  }

  /** The path at which a file of the package is written; its folders are made. The name must have been checked. */
  pathFor(relative: string): string {
    const file = path.join(this.#fresh, ...relative.split('/'));
    const folder = path.dirname(file);
    if (!this.#folders.has(folder)) fs.mkdirSync(folder, { recursive: true });
    this.#folders.add(folder);
    this.#files.push(file);
    return file;
  }

  /** Gives the restored files their name, all at once. */
  finish(): void {
    syncFiles(this.#fresh, this.#files);
    for (const folder of this.#folders) syncFolder(folder);
    const old = path.join(this.#place, 'replaced');
    try {
      if (fs.existsSync(this.#target) && fs.readdirSync(this.#target).length > 0) fs.renameSync(this.#target, old);
      else fs.rmSync(this.#target, { recursive: true, force: true });
      fs.renameSync(this.#fresh, this.#target);
    } catch (error) {
      if (fs.existsSync(old) && !fs.existsSync(this.#target)) fs.renameSync(old, this.#target);
      throw explainSystemError(`Cannot unpack into ${this.#target}`, error);
    }
    syncFolder(path.dirname(this.#target));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The lock file goes while the lock is held: whoever comes next makes a new one.
    for (const name of fs.readdirSync(this.#place)) {
      if (name !== LOCK_NAME) fs.rmSync(path.join(this.#place, name), { recursive: true, force: true });
    }
    fs.rmSync(path.join(this.#place, LOCK_NAME), { force: true });
    try {
      fs.rmdirSync(this.#place);
    } catch (error) {
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'ENOENT') throw error;
    } finally {
      this.#lock[Symbol.dispose]();
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
