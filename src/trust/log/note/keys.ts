/**
 * Keys that sign notes, and how they are written as one line: C2SP signed-note, "Verifier keys". Ed25519 alone: of
 * a log (type 0x01) and of a witness (type 0x04, C2SP tlog-cosignature).
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { WaybillError } from '../../../base/errors.ts';
import { decodeBase64 } from '../../../base/strict-base64.ts';
import { type PublicKey, publicKeyOf } from '../../keys/public-key.ts';

/** What a key signs: notes as they are, or checkpoints that it has seen, with the time. */
export type NoteKeyKind = 'note' | 'cosignature';

export interface NoteKey {
  /** A text without spaces and plus signs, best an address without its scheme. */
  readonly name: string;
  readonly kind: NoteKeyKind;
  /** Four bytes that pick the key among those of one name. They prove nothing. */
  readonly id: Buffer;
  readonly publicKey: PublicKey;
}

/** Numbers of the table "Signature types". */
const types: Readonly<Record<NoteKeyKind, number>> = { note: 0x01, cosignature: 0x04 };

const KEY_SIZE = 32;
/** Names are addresses; cosignatures of other types cannot name a longer one. */
export const MAX_KEY_NAME_LENGTH: number = 255;

/** @throws WaybillError KEY_INVALID for a name that notes cannot carry, or a key that is not Ed25519 */
export function noteKey(name: string, kind: NoteKeyKind, publicKey: PublicKey): NoteKey {
  if (!isKeyName(name))
    throw new WaybillError(
      'KEY_INVALID',
      `Cannot use ${JSON.stringify(name.slice(0, 300))} as the name of a key: it has spaces, plus signs or control characters, or not 1 to ${MAX_KEY_NAME_LENGTH} characters`,
      { hint: 'Take the address of the log without its scheme, as in log.example/models' },
    );
  if (publicKey.algorithm.id !== 'ed25519')
    throw new WaybillError(
      'KEY_INVALID',
      `Cannot use the key of ${name} for a log: it is ${publicKey.algorithm.name}, logs sign with Ed25519`,
      { hint: 'waybill keygen --role log makes one' },
    );
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material(kind, publicKey)]), 'buffer');
  return { name, kind, id: id.subarray(0, 4), publicKey };
}

/** Whether notes can carry the name: it fits between two spaces of a line. */
export function isKeyName(name: string): boolean {
  return (
    name.length > 0 && name.length <= MAX_KEY_NAME_LENGTH && name.isWellFormed() && !/[\p{Cc}\s\u0085+]/u.test(name)
  );
}

/** `name+id+key`: what whoever verifies is given. */
export function formatVerifierKey({ name, kind, id, publicKey }: NoteKey): string {
  return `${name}+${id.toString('hex')}+${material(kind, publicKey).toString('base64')}`;
}

/** @throws WaybillError KEY_INVALID for what is no key, or one of another kind of signature */
export function parseVerifierKey(text: string): NoteKey {
  const refuse = (found: string) =>
    new WaybillError('KEY_INVALID', `Cannot use the verifier key ${JSON.stringify(text.slice(0, 500))}: ${found}`, {
      hint: 'It looks like log.example/models+0f1e2d3c+AZXi…; waybill log init prints it',
    });
  const [name = '', id = '', encoded = '', ...more] = text.split('+');
  // Base64 has plus signs too.
  const bytes = decodeBase64([encoded, ...more].join('+'), 'the verifier key', 'KEY_INVALID');
  if (bytes.length !== KEY_SIZE + 1) throw refuse('its key does not have 32 bytes behind a type');
  const kind = bytes[0] === types.note ? 'note' : bytes[0] === types.cosignature ? 'cosignature' : undefined;
  if (kind === undefined) throw refuse(`signatures of type ${bytes[0]} are not read, only 1 and 4 (Ed25519)`);
  const key = noteKey(name, kind, publicKeyOf(ed25519Key(bytes.subarray(1)), name));
  if (key.id.toString('hex') !== id)
    throw refuse(`its id is not ${key.id.toString('hex')}, which follows from name and key`);
  return key;
}

/** The type and the key, as ids and verifier keys hold them. */
function material(kind: NoteKeyKind, { key }: PublicKey): Buffer {
  return Buffer.concat([Buffer.from([types[kind]]), key.export({ type: 'spki', format: 'der' }).subarray(-KEY_SIZE)]);
}

function ed25519Key(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}
