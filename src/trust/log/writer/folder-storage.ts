/** A log in a folder: what is written lies aside until it is on the disk, then gets its name. */
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolders, syncFolder, writeFully } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { folderReader } from '../reading/folder.ts';
import { maxSizeOf } from '../reading/reader.ts';
import { JOURNAL, MAX_JOURNAL_SIZE } from './journal.ts';
import type { LogFile, LogStorage } from './storage.ts';

const synchronise = promisify(fs.fsync);

/** Files that have no name yet; what a kill leaves here is removed before the next are written. */
const ASIDE = '.waybill/new';
/**
 * Needs the lock: what lies aside is taken for left over.
 * @throws WaybillError FILE_UNREADABLE, DISK_FULL
 */
export function folderStorage(folder: string): LogStorage {
  const aside = path.join(folder, ASIDE);
  const explained = async (work: () => Promise<void> | void) => {
    try {
      await work();
    } catch (error) {
      throw explainSystemError(`Cannot write the log ${folder}`, error);
    }
  };
  return {
    ...folderReader(folder, (name) => (name === JOURNAL ? MAX_JOURNAL_SIZE : maxSizeOf(name))),
    put: (files) => explained(() => putFiles(folder, aside, files)),
    drop: (paths) =>
      explained(() => {
        for (const name of paths) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
      }),
  };
}

async function putFiles(folder: string, aside: string, files: readonly LogFile[]): Promise<void> {
  fs.rmSync(aside, { recursive: true, force: true });
  makeFolders(aside);
  const written = files.map(({ path: name, bytes }, index) => {
    const temporary = path.join(aside, String(index));
    const descriptor = fs.openSync(temporary, 'w', 0o644);
    writeFully(descriptor, bytes);
    return { temporary, descriptor, file: path.join(folder, name) };
  });
  // At once: a disk takes many of them in the time of a few.
  await Promise.all(written.map(({ descriptor }) => synchronise(descriptor)));
  const changed = new Set<string>();
  for (const { temporary, descriptor, file } of written) {
    fs.closeSync(descriptor);
    const parent = path.dirname(file);
    const firstMade = makeFolders(parent);
    if (firstMade !== undefined)
      for (let at = parent; at.length >= firstMade.length; at = path.dirname(at)) changed.add(path.dirname(at));
    fs.renameSync(temporary, file);
    changed.add(parent);
  }
  for (const name of changed) syncFolder(name);
}
