/** A text with signatures under it: C2SP signed-note. Its bytes are what is signed, kept and shown as evidence. */
import { WaybillError } from '../../../base/errors.ts';
import { decodeBase64 } from '../../../base/strict-base64.ts';
import { isKeyName, type NoteKey } from './keys.ts';

export interface NoteSignature {
  /** Of whoever claims to have signed. */
  readonly name: string;
  readonly keyId: Buffer;
  /** What stands behind the id of the key. */
  readonly bytes: Buffer;
}

export interface Note {
  /** All bytes, as they came. */
  readonly bytes: Buffer;
  /** What is signed, with its last newline. */
  readonly text: string;
  /** Claims: nothing of them has been verified. */
  readonly signatures: readonly NoteSignature[];
}

/** A checkpoint has 200 bytes, each signature 150, or 7,000 if it is made to last beyond quantum computers. */
export const MAX_NOTE_SIZE: number = 256 * 1024;
/** C2SP asks for 16 at the least; each costs a verification. */
export const MAX_NOTE_SIGNATURES: number = 100;

const ID_SIZE = 4;
const SIGNATURE_LINE = /^\u2014 ([^ ]+) ([^ ]+)$/u;
/** Control characters but the newline; and what terminals, and readers of lines, take for commands and ends. */
const CONTROL = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws WaybillError LOG_INVALID for what is no signed note, or could be taken for two */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE_SIZE) throw refuse(`it has more than ${MAX_NOTE_SIZE} bytes`);
  const all = decode(bytes);
  if (CONTROL.test(all)) throw refuse('it holds control characters');
  const split = all.lastIndexOf('\n\n');
  if (split < 0) throw refuse('there is no blank line between a text and its signatures');
  const lines = all.slice(split + 2).split('\n');
  if (lines.pop() !== '') throw refuse('its last line does not end');
  if (lines.length === 0) throw refuse('nobody has signed it');
  if (lines.length > MAX_NOTE_SIGNATURES) throw refuse(`it has more than ${MAX_NOTE_SIGNATURES} signatures`);
  return { bytes: Buffer.from(bytes), text: all.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** The line of a signature, with its newline. */
export function formatSignatureLine({ name, id }: NoteKey, signature: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** The signatures that claim to be of the key. */
export function signaturesOf({ signatures }: Note, { name, id }: NoteKey): readonly NoteSignature[] {
  return signatures.filter((signature) => signature.name === name && signature.keyId.equals(id));
}

/** @throws WaybillError LOG_INVALID for a line that is no signature */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
  if (!isKeyName(name)) throw refuse('a line below its text is no signature');
  const bytes = decodeBase64(encoded, 'a signature of the note', 'LOG_INVALID');
  if (bytes.length <= ID_SIZE) throw refuse('a signature is too short');
  return { name, keyId: bytes.subarray(0, ID_SIZE), bytes: bytes.subarray(ID_SIZE) };
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw refuse('it is not valid UTF-8');
  }
}

const refuse = (found: string) => new WaybillError('LOG_INVALID', `Cannot read the signed note: ${found}`);
