/** What a log signs: how many entries it has, and the root of the tree over them. C2SP tlog-checkpoint. */
import { WaybillError } from '../../base/errors.ts';
import { decodeBase64 } from '../../base/strict-base64.ts';
import { EMPTY_ROOT, HASH_SIZE } from './merkle/hashes.ts';
import type { TreeHead } from './merkle/verify.ts';
import type { NoteKey } from './note/keys.ts';
import { parseNote } from './note/note.ts';
import { type Cosignature, cosignaturesOf, isSignedBy } from './note/verify.ts';

/** What the text of a checkpoint says, whoever signed it. */
export interface CheckpointText extends TreeHead {
  /** Name of the log, best its address without the scheme. */
  readonly origin: string;
}

/** A checkpoint whose signature has been verified. */
export interface Checkpoint extends CheckpointText {
  /** The signed note, byte for byte. */
  readonly note: Buffer;
  readonly text: string;
  /** By the witnesses that were asked about. */
  readonly cosignatures: readonly Cosignature[];
}

/** By whom a checkpoint has to be signed. */
export interface LogIdentity {
  readonly origin: string;
  readonly key: NoteKey;
  readonly witnesses?: readonly NoteKey[];
}

/** Extension lines are allowed and not recommended; nobody looks at them. */
const MAX_EXTENSION_LINES = 16;

/**
 * Reads a checkpoint and verifies who signed it.
 * @throws WaybillError LOG_INVALID for one that is malformed, of another log, or not signed by its key
 */
export function openCheckpoint(bytes: Uint8Array, { origin, key, witnesses = [] }: LogIdentity): Checkpoint {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpointText(note.text);
  if (checkpoint.origin !== origin)
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot believe the checkpoint: it is of the log ${JSON.stringify(checkpoint.origin)}, not of ${JSON.stringify(origin)}`,
      { expected: origin, found: checkpoint.origin },
    );
  if (!isSignedBy(note, key))
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot believe the checkpoint of ${origin}: it is not signed by the key of the log`,
      {
        hint: 'Compare the verifier key with the one that the log publishes',
      },
    );
  return { ...checkpoint, note: note.bytes, text: note.text, cosignatures: cosignaturesOf(note, witnesses) };
}

/** @throws WaybillError LOG_INVALID for a text that is no checkpoint */
export function parseCheckpointText(text: string): CheckpointText {
  const refuse = (found: string) => new WaybillError('LOG_INVALID', `Cannot read the checkpoint: ${found}`);
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  if (rest.pop() !== '' || origin === '')
    throw refuse('it does not have a name, a size and a root on lines of their own');
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw refuse('its second line is no number of entries');
  const hash = decodeBase64(root, 'the root of the checkpoint', 'LOG_INVALID');
  if (hash.length !== HASH_SIZE) throw refuse(`its root has ${hash.length} bytes, not ${HASH_SIZE}`);
  if (rest.length > MAX_EXTENSION_LINES || rest.includes(''))
    throw refuse('there is more in it than lines that say something');
  if (size === '0' && !hash.equals(EMPTY_ROOT)) throw refuse('a log without entries has another root');
  return { origin, size: Number(size), root: hash };
}

export function formatCheckpointText({ origin, size, root }: CheckpointText): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}
