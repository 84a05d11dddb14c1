/** Files that are either there in full or not at all: temporary file, fsync, rename. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { CHUNK_SIZE } from './bytes.ts';
import { systemCode, WaybillError } from './errors.ts';
import { inParallel } from './parallel.ts';
import { explainSystemError } from './system-errors.ts';

/** Eight random bytes as text, for names that nobody else can guess or has taken. */
export function randomName(): string {
  return randomBytes(8).toString('hex');
}

/**
 * Writes a file so that a reader sees either the old content or the new.
 * @throws WaybillError DISK_FULL or FILE_UNREADABLE; the old file is then as it was
 */
export function writeAtomically(file: string, content: string | Uint8Array, mode = 0o644): void {
  writeThen(file, content, mode, (temporary) => fs.renameSync(temporary, file));
}

/**
 * Writes a file as a whole unless there is one: of two processes that do so at once, the first wins.
 * @throws WaybillError DISK_FULL or FILE_UNREADABLE
 */
export function writeIfAbsent(file: string, content: string | Uint8Array): void {
  if (fs.existsSync(file)) return;
  writeThen(file, content, 0o644, (temporary) => {
    try {
      fs.linkSync(temporary, file);
    } catch {
      // Somebody was faster, or the file system has no hard links: then looking once more is the best there is.
      if (!fs.existsSync(file)) fs.renameSync(temporary, file);
    }
    fs.rmSync(temporary, { force: true });
  });
}

/**
 * Writes a file that must not be there yet, also not as a link to nowhere; nothing of it stays when that fails.
 * @throws WaybillError DESTINATION_EXISTS, DISK_FULL or FILE_UNREADABLE
 */
export function writeNew(file: string, content: string | Uint8Array, mode: number): void {
  try {
    writeAndSync(file, content, mode);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') fs.rmSync(file, { force: true });
    throw explainSystemError(`Cannot write ${file}`, error);
  }
  syncFolder(path.dirname(file));
}

function writeThen(
  file: string,
  content: string | Uint8Array,
  mode: number,
  publish: (temporary: string) => void,
): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomName()}`);
  try {
    writeAndSync(temporary, content, mode);
    publish(temporary);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw explainSystemError(`Cannot write ${file}`, error);
  }
  syncFolder(path.dirname(file));
}

function writeAndSync(file: string, content: string | Uint8Array, mode: number): void {
  const descriptor = fs.openSync(file, 'wx', mode);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * The bytes of a small file that may be anybody's: a pipe in its place is not waited for, a device not read
 * without end.
 * @throws WaybillError LIMIT_EXCEEDED, FILE_UNREADABLE for what is no regular file; errors of the system as they are
 */
export function readSmallFile(file: string, limit: number): Buffer {
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile()) throw new WaybillError('FILE_UNREADABLE', `Cannot read ${file}: it is not a regular file`);
    if (stats.size > limit)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot read ${file}: it has ${stats.size} bytes, the limit is ${limit}`,
      );
    const bytes = Buffer.alloc(stats.size);
    let size = 0;
    for (let count = -1; count !== 0 && size < bytes.length; size += count)
      count = fs.readSync(descriptor, bytes, size, bytes.length - size, null);
    return bytes.subarray(0, size);
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Makes a folder and those above it.
 * @returns the topmost one that had to be made
 * @throws errors of the system as they are
 */
export function makeFolders(folder: string): string | undefined {
  try {
    return fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    // Node says ENOENT where the folder above cannot be written: made one by one, the reason is told.
    const parent = path.dirname(folder);
    if (systemCode(error) !== 'ENOENT' || parent === folder) throw error;
    const firstMade = makeFolders(parent);
    fs.mkdirSync(folder);
    return firstMade ?? folder;
  }
}

/** Makes a rename in the folder survive a power cut, where the file system can. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(folder, 'r');
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!cannotSync(error)) throw error;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** The same for several at once: a disk takes them in little more than the time of one. */
export async function syncFolders(folders: readonly string[]): Promise<void> {
  await inParallel(folders, folders.length, async (folder) => {
    try {
      const opened = await fs.promises.open(folder, 'r');
      await opened.sync().finally(() => opened.close());
    } catch (error) {
      if (!cannotSync(error)) throw error;
    }
  });
}

/** Some file systems cannot sync folders; the rename itself has happened. */
function cannotSync(error: unknown): boolean {
  return ['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP'].includes(systemCode(error) ?? '');
}

/** Measured on ext4: 10,000 small files take 17 s one by one, 0.7 s with their whole file system. */
const MANY_FILES = 200;

/** As many as Node has threads for. */
const SYNCED_AT_ONCE = 4;

/** Makes the content of files below a folder survive a power cut: each, or many with all that there is. */
export async function syncFiles(folder: string, files: readonly string[]): Promise<void> {
  if (files.length > MANY_FILES && syncFileSystem(folder)) return;
  await inParallel(files, SYNCED_AT_ONCE, async (file) => {
    const opened = await fs.promises.open(file, 'r');
    await opened.sync().finally(() => opened.close());
  });
}

/** @returns whether this system can */
function syncFileSystem(folder: string): boolean {
  // Loaded when needed: it brings the network with it, 5 ms in every thread that hashes.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  return spawnSync('sync', ['-f', folder], { stdio: 'ignore' }).status === 0;
}

/** Writes all of the bytes: one call may take fewer. */
export function writeFully(descriptor: number, bytes: Uint8Array, position?: number): void {
  for (let at = 0; at < bytes.length; ) {
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, position === undefined ? undefined : position + at);
  }
}

/** A turn costs microseconds, reading this much some milliseconds. */
const TURN_SIZE = 8 * 1024 * 1024;

/**
 * The bytes of an open file from `start` to `end` (exclusive), or to its own end if that comes first.
 * @param buffers used in turn, for whoever is done with a chunk before he has asked for so many more;
 *   a new one for each chunk if absent, which costs as much as the reading itself
 */
export async function* readRange(
  descriptor: number,
  start: number,
  end: number,
  buffers: readonly Buffer[] = [],
): AsyncIterable<Uint8Array> {
  let chunks = 0;
  for (let at = start; at < end; ) {
    const buffer = buffers[chunks++ % buffers.length] ?? Buffer.allocUnsafe(Math.min(CHUNK_SIZE, end - at));
    const count = fs.readSync(descriptor, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) return;
    at += count;
    yield buffer.subarray(0, count);
    // Nothing here waits by itself: without a turn of the event loop no Ctrl-C would ever be heard.
    if ((at - start) % TURN_SIZE < count) await turn();
  }
}

/** What lies in a folder, sorted, without what begins with a dot; nothing where there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  return everyNameIn(folder).filter((name) => !name.startsWith('.'));
}

/** All that lies in a folder, sorted; nothing where there is no such folder. */
export function everyNameIn(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}
