/**
 * One blob from its parts: bytes and files are read once, hashed while they are read and, if a
 * destination is given, written once. A raw layer is an assembly of one file; a tar is one of
 * headers, files and padding; checking a file is one without a destination.
 * Synchronous on purpose: it runs in worker threads (`pool.ts`), with one buffer for all it does.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { systemCode, WaybillError } from '../errors.ts';
import { type FileIdentity, identityOf, sameIdentity } from '../file-identity.ts';
import { writeFully } from '../files.ts';
import { explainSystemError } from '../system-errors.ts';
import { BLOCK_SIZE, paddingOf } from '../tar/header.ts';
import { entryHeader } from '../tar/write.ts';

export type Part =
  | { readonly bytes: Uint8Array }
  | {
      /** Absolute path of a regular file; links are not followed. */
      readonly file: string;
      /** How the reader knows the file, for messages. */
      readonly name: string;
      /** What it must be when it is opened and still be when it is read; any regular file if absent. */
      readonly identity?: FileIdentity;
      /** As what it stands in a tar archive, if the blob is one: the header and the padding are made here. */
      readonly entry?: { readonly path: string; readonly mode: number };
    };

export interface Assembly {
  readonly parts: readonly Part[];
  /** Where to write; must not exist. Only hashed if absent. */
  readonly to?: string;
  /** Permission bits of `to`. */
  readonly mode?: number;
  /** How a single file may be brought over: by clone if the file system can, or by a hard link. */
  readonly bring?: 'clone' | 'link' | 'copy';
  /** Whether `to` must survive a power cut once this returns. */
  readonly durable?: boolean;
}

export interface Assembled {
  /** SHA-256 of the whole, as 64 lower-case hex digits. */
  readonly sha256: string;
  readonly size: number;
  /** SHA-256 of each file among the parts, in their order. */
  readonly files: readonly string[];
  /** Bytes read from files. */
  readonly bytesRead: number;
  /** Bytes written to `to`; 0 for a clone or a link. */
  readonly bytesWritten: number;
}

/** Measured on ext4 and a busy machine: larger writes took up to four times the system time in some runs, this size in none. */
const BUFFER_SIZE = 128 * 1024;

/** Pieces up to this size are copied once more rather than written one by one. */
const SMALL_PIECE = 16 * 1024;

const ZEROS = Buffer.alloc(BLOCK_SIZE);

let shared: Buffer | undefined;

/**
 * Assembles one blob.
 * @param advance is told how many more bytes were read
 * @throws WaybillError FILE_CHANGED when a file is not, or does not stay, what `identity` says;
 *   FILE_UNREADABLE, DISK_FULL. `to` is removed then.
 */
export function assemble(assembly: Assembly, advance: (bytes: number) => void): Assembled {
  const { to } = assembly;
  if (to === undefined) return hashParts(assembly.parts, undefined, advance);
  try {
    return writeParts(assembly, to, advance);
  } catch (error) {
    fs.rmSync(to, { force: true });
    throw explainSystemError(`Cannot write ${to}`, error);
  }
}

function writeParts(assembly: Assembly, to: string, advance: (bytes: number) => void): Assembled {
  const [only] = assembly.parts;
  if (assembly.parts.length === 1 && only !== undefined && 'file' in only && bringWhole(only.file, to, assembly)) {
    // What was brought over is what is hashed: the source may change at any moment.
    const result = hashParts([{ file: to, name: only.name }], undefined, advance);
    if (only.identity !== undefined && !isSameContent(only.file, only.identity)) throw changed(only.name);
    if (assembly.durable && assembly.bring !== 'link') syncFile(to);
    return result;
  }
  const output = fs.openSync(
    to,
    fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL,
    assembly.mode ?? 0o644,
  );
  try {
    const gathered = new Output(output, to);
    const result = hashParts(assembly.parts, gathered, advance);
    gathered.flush();
    if (assembly.mode !== undefined) fs.fchmodSync(output, assembly.mode);
    if (assembly.durable) fs.fsyncSync(output);
    return { ...result, bytesWritten: result.size };
  } finally {
    fs.closeSync(output);
  }
}

/** A hard link changes a file's ctime, nothing else of it. */
function isSameContent(file: string, identity: FileIdentity): boolean {
  const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && sameIdentity(identity, { ...identityOf(stats), ctimeNs: identity.ctimeNs });
}

/** Clones or links the file as a whole; false where the file system cannot. */
function bringWhole(file: string, to: string, { bring, mode }: Assembly): boolean {
  try {
    // A pipe or a link that was put in the file's place is left to the reader, who takes care.
    if (bring === 'copy' || !fs.lstatSync(file).isFile()) return false;
    if (bring === 'link') {
      fs.linkSync(file, to);
      return true;
    }
    if (bring !== 'clone') return false;
    fs.copyFileSync(file, to, fs.constants.COPYFILE_FICLONE_FORCE | fs.constants.COPYFILE_EXCL);
    fs.chmodSync(to, mode ?? 0o644);
    return true;
  } catch (error) {
    // Another file system, too many links, or a file that is gone, of which the reader says more.
    const canBeRead = ['EXDEV', 'EPERM', 'EMLINK', 'ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
    if (bring === 'link' && !canBeRead) throw error;
    fs.rmSync(to, { force: true });
    return false;
  }
}

function hashParts(parts: readonly Part[], output: Output | undefined, advance: (bytes: number) => void): Assembled {
  const whole = createHash('sha256');
  const files: string[] = [];
  let size = 0;
  let bytesRead = 0;
  const single = parts.length === 1;
  const put = (bytes: Uint8Array) => {
    whole.update(bytes);
    output?.write(bytes);
    size += bytes.length;
  };
  for (const part of parts) {
    if ('bytes' in part) {
      put(part.bytes);
      continue;
    }
    if (part.entry !== undefined) put(entryHeader({ ...part.entry, size: part.identity?.size ?? 0 }));
    const own = single ? undefined : createHash('sha256');
    const length = readFile(part, (chunk) => {
      own?.update(chunk);
      put(chunk);
      advance(chunk.length);
    });
    bytesRead += length;
    if (part.entry !== undefined) put(ZEROS.subarray(0, paddingOf(length)));
    if (own !== undefined) files.push(own.digest('hex'));
  }
  const sha256 = whole.digest('hex');
  const [only] = parts;
  if (single && only !== undefined && 'file' in only) files.push(sha256);
  return { sha256, size, files, bytesRead, bytesWritten: 0 };
}

function readFile(part: Extract<Part, { file: string }>, take: (chunk: Uint8Array) => void): number {
  let input: number;
  try {
    // O_NONBLOCK: a pipe that was put in the file's place must not hold us for ever.
    input = fs.openSync(part.file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    // It was there when the folder was looked at.
    if (part.identity !== undefined && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? ''))
      throw changed(part.name);
    throw explainSystemError(`Cannot read ${part.name}`, error);
  }
  try {
    const before = fs.fstatSync(input, { bigint: true });
    if (!before.isFile()) {
      throw new WaybillError('FILE_UNREADABLE', `Cannot read ${part.name}: it is not a regular file`);
    }
    const identity = identityOf(before);
    if (part.identity !== undefined && !sameIdentity(part.identity, identity)) throw changed(part.name);
    shared ??= Buffer.allocUnsafeSlow(BUFFER_SIZE);
    let size = 0;
    for (;;) {
      const count = fs.readSync(input, shared, 0, BUFFER_SIZE, null);
      if (count === 0) break;
      size += count;
      // A file that grows as fast as it is read would never end.
      if (size > identity.size) throw changed(part.name);
      take(shared.subarray(0, count));
    }
    if (size !== identity.size || !sameIdentity(identity, identityOf(fs.fstatSync(input, { bigint: true })))) {
      throw changed(part.name);
    }
    return size;
  } catch (error) {
    throw explainSystemError(`Cannot read ${part.name}`, error);
  } finally {
    fs.closeSync(input);
  }
}

function changed(name: string): WaybillError {
  return new WaybillError('FILE_CHANGED', `Cannot read ${name}: it changed while it was being read`, {
    hint: 'Wait until whatever writes it has finished, then run the command again',
  });
}

/** A file that is written: small pieces are gathered, so that a bundle does not cost three calls for each file. */
class Output {
  readonly #descriptor: number;
  readonly #name: string;
  readonly #pending = Buffer.allocUnsafe(BUFFER_SIZE);
  #length = 0;

  constructor(descriptor: number, name: string) {
    this.#descriptor = descriptor;
    this.#name = name;
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BUFFER_SIZE) this.flush();
    if (bytes.length > SMALL_PIECE) {
      this.flush();
      this.#put(bytes);
    } else {
      this.#pending.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  flush(): void {
    if (this.#length > 0) this.#put(this.#pending.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Its errors are told apart from those of the file that is being read meanwhile. */
  #put(bytes: Uint8Array): void {
    try {
      writeFully(this.#descriptor, bytes);
    } catch (error) {
      throw explainSystemError(`Cannot write ${this.#name}`, error);
    }
  }
}

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
