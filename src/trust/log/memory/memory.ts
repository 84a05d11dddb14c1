/**
 * What a client remembers of each log: the last checkpoint that it believed. A log that has shrunk since, or shows
 * another past, has cheated somebody; both checkpoints are then kept, each signed by the log itself.
 */
import { hash } from 'node:crypto';
import path from 'node:path';
import { systemCode, WaybillError } from '../../../base/errors.ts';
import { makeFolders, readSmallFile, writeAtomically } from '../../../base/files.ts';
import { acquireLock } from '../../../base/lock.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { type Checkpoint, type CheckpointText, parseCheckpointText } from '../checkpoint.ts';
import { MAX_NOTE_SIZE, parseNote } from '../note/note.ts';
import { goesOn } from '../reading/consistency.ts';
import type { LogReader } from '../reading/reader.ts';

/**
 * How a checkpoint stands to the one that is remembered: there was none; it is the same; the log has grown since; it is an
 * older one of the same log; or it differs in size and there is no log at hand that could show whether both are of one tree.
 */
export type Recollection = 'first' | 'same' | 'grown' | 'older' | 'unchecked';

export interface RememberOptions {
  /** The log itself; absent for a checkpoint out of a file, without network. */
  readonly reader?: LogReader;
  /** Whether this is what the log shows now: then it must not be older than what was seen. Needs the reader. */
  readonly isLive: boolean;
}

const LOCK_WAIT_MILLISECONDS = 10_000;

/**
 * Holds a checkpoint to what is remembered of its log, and remembers it if it is newer.
 * @param folder of the memory; it is made
 * @param seen whose signature has been verified
 * @throws WaybillError LOG_INVALID when the log has shrunk, or the two are not of one tree: both are kept; TRUST_UNDECIDED
 *   when the memory cannot be read; what the reader throws
 */
export async function rememberCheckpoint(
  folder: string,
  seen: Checkpoint,
  { reader, isLive }: RememberOptions,
): Promise<Recollection> {
  makeMemory(folder);
  // Of two that see the log grow, the second must compare with what the first has seen.
  using _ = await acquireLock(path.join(folder, 'lock'), {
    mode: 'exclusive',
    wait: LOCK_WAIT_MILLISECONDS,
    attempt: `Cannot remember the checkpoint of ${seen.origin}`,
  });
  const file = fileOf(folder, seen.origin);
  const known = readNote(file);
  if (known === undefined) {
    writeAtomically(file, seen.note);
    return 'first';
  }
  const before = parseKnown(file, known);
  const conflict = (found: string) => keepEvidence(file, { known, seen, found });
  if (before.size === seen.size) {
    if (before.root.equals(seen.root)) return 'same';
    throw conflict(`it showed another tree of ${seen.size} entries before`);
  }
  const isOlder = seen.size < before.size;
  if (isOlder && isLive) throw conflict(`it has ${seen.size} entries, and had ${before.size} before`);
  if (reader === undefined) return 'unchecked';
  const [older, newer] = isOlder ? [seen, before] : [before, seen];
  if (!(await goesOn(reader, older, newer)))
    throw conflict(`its tree of ${newer.size} entries does not go on from that of ${older.size}`);
  if (isOlder) return 'older';
  writeAtomically(file, seen.note);
  return 'grown';
}

/** What is remembered of a log. @throws WaybillError TRUST_UNDECIDED when it cannot be read */
export function recallCheckpoint(folder: string, origin: string): CheckpointText | undefined {
  const file = fileOf(folder, origin);
  const known = readNote(file);
  return known === undefined ? undefined : parseKnown(file, known);
}

function makeMemory(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw explainSystemError(`Cannot make ${folder}`, error);
  }
}

/** Names of logs are addresses, with signs that no file name can have. */
const fileOf = (folder: string, origin: string) => path.join(folder, `${hash('sha256', origin)}.checkpoint`);

function readNote(file: string): Buffer | undefined {
  try {
    return readSmallFile(file, MAX_NOTE_SIZE);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw forgotten(file, explainSystemError(`Cannot read ${file}`, error));
  }
}

/** It was verified before it was remembered, maybe by a key that has been replaced since. */
function parseKnown(file: string, note: Buffer): CheckpointText {
  try {
    return parseCheckpointText(parseNote(note).text);
  } catch (cause) {
    throw forgotten(file, cause);
  }
}

function forgotten(file: string, cause: unknown): WaybillError {
  return new WaybillError(
    'TRUST_UNDECIDED',
    `Cannot tell what was seen of the log before: ${file} cannot be read as a checkpoint`,
    {
      hint: 'Bring it back from a copy; without it a log that forgets entries is not noticed',
      cause,
    },
  );
}

function keepEvidence(
  file: string,
  { known, seen, found }: { readonly known: Buffer; readonly seen: Checkpoint; readonly found: string },
): WaybillError {
  const evidence = `${file.slice(0, -'.checkpoint'.length)}.conflict-${hash('sha256', seen.note).slice(0, 16)}`;
  writeAtomically(`${evidence}-before`, known);
  writeAtomically(`${evidence}-now`, seen.note);
  return new WaybillError('LOG_INVALID', `Cannot believe the log ${seen.origin}: ${found}`, {
    hint: `Both checkpoints are signed by the log, and kept: ${evidence}-before and ${evidence}-now. Show them to others who use it`,
  });
}
