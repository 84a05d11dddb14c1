/** A log in a folder: what is written lies aside until it is on the disk, then gets its name. */
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolders, syncFolders, writeFully } from '../../../base/files.ts';
import { inParallel } from '../../../base/parallel.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { folderReader } from '../reading/folder.ts';
import { maxSizeOf } from '../reading/reader.ts';
import { JOURNAL, MAX_JOURNAL_SIZE } from './journal.ts';
import type { LogFile, LogStorage } from './storage.ts';

const synchronise = promisify(fs.fsync);
const remove = promisify(fs.rm);

/** Files that have no name yet; what a kill leaves here is removed before the next are written. */
const ASIDE = '.waybill/new';
/**
 * Needs the lock: what lies aside is taken for left over, and folders are taken for there once they were made.
 * @throws WaybillError FILE_UNREADABLE, DISK_FULL
 */
export function folderStorage(folder: string): LogStorage {
  const made = new Set<string>();
  const explained = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      throw explainSystemError(`Cannot write the log ${folder}`, error);
    }
  };
  return {
    ...folderReader(folder, (name) => (name === JOURNAL ? MAX_JOURNAL_SIZE : maxSizeOf(name))),
    put: (files) => explained(() => putFiles(folder, files, made)),
    drop: (paths) =>
      explained(async () => {
        const names = paths.map((name) => path.join(folder, name));
        for (const name of names) made.delete(name);
        await inParallel(names, names.length, (name) => remove(name, { recursive: true, force: true }));
      }),
  };
}

async function putFiles(folder: string, files: readonly LogFile[], made: Set<string>): Promise<void> {
  const aside = path.join(folder, ASIDE);
  if (!made.has(aside)) fs.rmSync(aside, { recursive: true, force: true });
  makeFolder(aside, made);
  const written = files.map(({ path: name, bytes }, index) => ({
    temporary: path.join(aside, String(index)),
    file: path.join(folder, name),
    bytes,
  }));
  const descriptors: number[] = [];
  try {
    for (const { temporary, bytes } of written) {
      const descriptor = fs.openSync(temporary, 'w', 0o644);
      descriptors.push(descriptor);
      writeFully(descriptor, bytes);
    }
    // At once: a disk takes many of them in the time of a few.
    await inParallel(descriptors, descriptors.length, synchronise);
  } finally {
    for (const descriptor of descriptors) fs.closeSync(descriptor);
  }
  const changed = new Set<string>();
  for (const { temporary, file } of written) {
    const parent = path.dirname(file);
    for (const above of makeFolder(parent, made)) changed.add(above);
    fs.renameSync(temporary, file);
    changed.add(parent);
  }
  await syncFolders([...changed]);
}

/** @returns the folders in which one was made */
function makeFolder(name: string, made: Set<string>): readonly string[] {
  if (made.has(name)) return [];
  const first = makeFolders(name);
  made.add(name);
  const changed: string[] = [];
  if (first !== undefined)
    for (let at = name; at.length >= first.length; at = path.dirname(at)) changed.push(path.dirname(at));
  return changed;
}
