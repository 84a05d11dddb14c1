/** Verifies what stands below a note: C2SP signed-note, "Signatures"; tlog-cosignature. */
import { WaybillError } from '../../../base/errors.ts';
import { verifySignature } from '../../keys/public-key.ts';
import type { NoteKey } from './keys.ts';
import { type Note, type NoteSignature, signaturesOf } from './note.ts';
import { cosignedMessage } from './sign.ts';

/** That a witness has seen a checkpoint, and when by its own clock. */
export interface Cosignature {
  /** Name of its key. */
  readonly witness: string;
  /** Seconds since 1970. */
  readonly time: number;
}

const TIME_SIZE = 8;
const SIGNATURE_SIZE = 64;

/**
 * Whether the key has signed the note. Signatures of others are passed over; a bad one of this key condemns the note.
 * @throws WaybillError LOG_INVALID for a signature under the name and id of the key that is not by it
 */
export function isSignedBy(note: Note, key: NoteKey): boolean {
  const signatures = signaturesOf(note, key);
  for (const { bytes } of signatures) {
    if (!verifySignature(key.publicKey, Buffer.from(note.text), bytes)) throw forged(key);
  }
  return signatures.length > 0;
}

/**
 * The cosignatures by known witnesses, one of each: its latest.
 * @throws WaybillError LOG_INVALID for one under the name and id of a witness that is not by it
 */
export function cosignaturesOf(note: Note, witnesses: readonly NoteKey[]): readonly Cosignature[] {
  return witnesses.flatMap((witness) => {
    const times = signaturesOf(note, witness).map((signature) => timeOf(note, signature, witness));
    return times.length === 0 ? [] : [{ witness: witness.name, time: Math.max(...times) }];
  });
}

function timeOf(note: Note, { bytes }: NoteSignature, witness: NoteKey): number {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE) throw forged(witness);
  const seconds = bytes.readBigUInt64BE(0);
  const isSigned = verifySignature(witness.publicKey, cosignedMessage(note.text, seconds), bytes.subarray(TIME_SIZE));
  // Its key, but a time that no clock shows: nothing can be held to it.
  if (!isSigned || seconds > BigInt(Number.MAX_SAFE_INTEGER)) throw forged(witness);
  return Number(seconds);
}

function forged({ name }: NoteKey): WaybillError {
  return new WaybillError(
    'LOG_INVALID',
    `Cannot believe the note: a signature in the name of ${name} is not by its key`,
  );
}
