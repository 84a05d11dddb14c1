/**
 * One blob from its parts: bytes and files are read once, hashed while they are read and, if a
 * destination is given, written once. A raw layer is an assembly of one file; a tar is one of
 * headers, files and padding; checking a file is one without a destination.
 * Its calls are synchronous on purpose: they cost least, and it runs in threads of its own or in
 * slices (`pool.ts`), with one buffer for all that a thread does.
 */
import fs from 'node:fs';
import { systemCode } from '../errors.ts';
import { type FileIdentity, identityOf, sameIdentity } from '../file-identity.ts';
import { writeFully } from '../files.ts';
import { explainSystemError } from '../system-errors.ts';
import { type Part, piecesOf, type Summed, Sums } from './pieces.ts';
import { changed, threadBuffer } from './read-part.ts';

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

export interface Assembled extends Summed {
  /** Bytes written to `to`; 0 for a clone or a link. */
  readonly bytesWritten: number;
}

/** What an assembly has just done, or asks whoever runs it to do in his own way: both may take a while. */
export type Step = { readonly read: number } | { readonly sync: number };

/** Between two steps: some milliseconds of hashing. A step for each piece cost a tenth of the time. */
const STEP_SIZE = 4 * 1024 * 1024;

/**
 * Assembles one blob, at once.
 * @param advance is told how many more bytes were read
 * @throws WaybillError FILE_CHANGED when a file is not, or does not stay, what `identity` says;
 *   FILE_UNREADABLE, DISK_FULL. `to` is removed then.
 */
export function assemble(assembly: Assembly, advance: (bytes: number) => void): Assembled {
  const steps = stepsOf(assembly);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if ('sync' in value) fs.fsyncSync(value.sync);
    else advance(value.read);
  }
}

/**
 * The same step by step, for a thread that has other things to do as well. `sync` is a descriptor
 * to be flushed before the next step. Whoever stops early disposes of it: `to` is removed then.
 */
export function* stepsOf(assembly: Assembly): Generator<Step, Assembled> {
  const { to } = assembly;
  if (to === undefined) return yield* hashParts(assembly.parts, undefined);
  let isDone = false;
  try {
    const result = yield* writeParts(assembly, to);
    isDone = true;
    return result;
  } catch (error) {
    throw explainSystemError(`Cannot write ${to}`, error);
  } finally {
    if (!isDone) fs.rmSync(to, { force: true });
  }
}

function* writeParts(assembly: Assembly, to: string): Generator<Step, Assembled> {
  const [only] = assembly.parts;
  if (assembly.parts.length === 1 && only !== undefined && 'file' in only && bringWhole(only.file, to, assembly)) {
    // What was brought over is what is hashed: the source may change at any moment.
    const result = yield* hashParts([{ file: to, name: only.name }], undefined);
    if (only.identity !== undefined && !isSameContent(only.file, only.identity)) throw changed(only.name);
    if (assembly.durable && assembly.bring !== 'link') yield* sync(to);
    return result;
  }
  const output = fs.openSync(
    to,
    fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL,
    assembly.mode ?? 0o644,
  );
  try {
    const result = yield* hashParts(assembly.parts, output);
    if (assembly.mode !== undefined) fs.fchmodSync(output, assembly.mode);
    if (assembly.durable) yield { sync: output };
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

function* hashParts(parts: readonly Part[], output: number | undefined): Generator<Step, Assembled> {
  const sums = new Sums(parts);
  let seen = 0;
  for (const piece of piecesOf(parts, { buffers: [threadBuffer()], sums })) {
    if (output !== undefined) writeFully(output, piece);
    if (sums.bytesRead - seen < STEP_SIZE) continue;
    yield { read: sums.bytesRead - seen };
    seen = sums.bytesRead;
  }
  yield { read: sums.bytesRead - seen };
  return { ...sums.finish(), bytesWritten: 0 };
}

function* sync(file: string): Generator<Step, void> {
  const descriptor = fs.openSync(file, 'r');
  try {
    yield { sync: descriptor };
  } finally {
    fs.closeSync(descriptor);
  }
}
