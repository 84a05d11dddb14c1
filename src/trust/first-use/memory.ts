/**
 * What this machine remembers of registries, lists and their keys: one small file for each, in the
 * user's data folder. Crash-safe and locked; a file that cannot be read is not taken for "nothing seen".
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { makeFolders, readSmallFile, writeAtomically } from '../../base/files.ts';
import { acquireLock } from '../../base/lock.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { asJsonObject, type JsonObject, parseSignedJson } from '../encoding/signed-json.ts';

/** A repository with ten thousand tags. */
const MAX_MEMORY_SIZE = 4 * 1024 * 1024;
/** Others hold the lock for the time of writing one small file. */
const LOCK_WAIT_MILLISECONDS = 10_000;

/** What is remembered of one thing. */
export interface Memory<Value> {
  /** The kind of thing, and its name. */
  readonly kind: string;
  readonly name: string;
  /** Throws for what no Waybill wrote. */
  parse(object: JsonObject): Value;
}

/** @throws WaybillError TRUST_UNDECIDED for a damaged file, FILE_UNREADABLE */
export function recall<Value extends JsonValue>(folder: string, memory: Memory<Value>): Value | undefined {
  const file = fileOf(folder, memory);
  const bytes = readIfThere(file);
  if (bytes === undefined) return undefined;
  try {
    const what = 'what is remembered';
    const { v, name, value } = asJsonObject(parseSignedJson(bytes, what, 'TRUST_UNDECIDED'), what, 'TRUST_UNDECIDED');
    if (v !== 1 || name !== memory.name) throw damaged('it is of another version, or of something else');
    return memory.parse(asJsonObject(value, what, 'TRUST_UNDECIDED'));
  } catch (cause) {
    throw new WaybillError(
      'TRUST_UNDECIDED',
      `Cannot tell what was seen of ${memory.name} before: ${file} is damaged`,
      { cause, hint: 'Bring it back from a backup; removing it forgets what was seen, as on a new machine' },
    );
  }
}

/**
 * Changes what is remembered, while nobody else does.
 * @param change from what is remembered to what is to be, undefined where it stays
 * @throws WaybillError as recall does, STORE_BUSY, DISK_FULL
 */
export async function remember<Value extends JsonValue, Result>(
  folder: string,
  memory: Memory<Value>,
  change: (before: Value | undefined) => { readonly after: Value | undefined; readonly result: Result },
): Promise<Result> {
  const file = fileOf(folder, memory);
  const attempt = `Cannot remember what was seen of ${memory.name}`;
  try {
    makeFolders(path.dirname(file));
  } catch (error) {
    throw explainSystemError(attempt, error);
  }
  using _ = await acquireLock(path.join(folder, 'lock'), { mode: 'exclusive', wait: LOCK_WAIT_MILLISECONDS, attempt });
  const before = recall(folder, memory);
  const { after, result } = change(before);
  if (after === undefined) return result;
  const text = canonicalJson({ v: 1, name: memory.name, value: after });
  if (before === undefined || text !== canonicalJson({ v: 1, name: memory.name, value: before }))
    writeAtomically(file, text, 0o600);
  return result;
}

/** Names of hosts and repositories are no names of files: each is hashed. */
function fileOf(folder: string, { kind, name }: Pick<Memory<unknown>, 'kind' | 'name'>): string {
  return path.join(folder, kind, `${createHash('sha256').update(name).digest('hex')}.json`);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readSmallFile(file, MAX_MEMORY_SIZE);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

function damaged(found: string): WaybillError {
  return new WaybillError('TRUST_UNDECIDED', `Cannot read what is remembered: ${found}`);
}
