/** Makes signatures of notes, and cosignatures of checkpoints that a witness has seen: C2SP signed-note, tlog-cosignature. */
import { WaybillError } from '../../../base/errors.ts';
import { verifySignature } from '../../keys/public-key.ts';
import type { Signer } from '../../keys/signer.ts';
import { noteKey } from './keys.ts';
import { formatSignatureLine } from './note.ts';

/**
 * A note with one signature.
 * @param name of the key
 * @throws WaybillError KEY_INVALID for a key that is not Ed25519, SIGNER_FAILED
 */
export async function signNote(text: string, name: string, signer: Signer): Promise<Buffer> {
  const key = noteKey(name, 'note', signer.publicKey);
  const signature = await signChecked(Buffer.from(text), signer);
  return Buffer.from(`${text}\n${formatSignatureLine(key, signature)}`);
}

/**
 * The line that a witness puts below a checkpoint.
 * @param text of the checkpoint, with its last newline; whoever calls has verified it, and that it goes on from the one before
 * @param seconds since 1970 when it was seen
 * @throws WaybillError KEY_INVALID, SIGNER_FAILED
 */
export async function cosign(
  text: string,
  { name, signer, seconds }: { readonly name: string; readonly signer: Signer; readonly seconds: number },
): Promise<string> {
  const key = noteKey(name, 'cosignature', signer.publicKey);
  const signature = await signChecked(cosignedMessage(text, BigInt(seconds)), signer);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  return formatSignatureLine(key, Buffer.concat([time, signature]));
}

/** What is signed by a cosignature: tlog-cosignature, "Ed25519 signed message". */
export function cosignedMessage(text: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/** A signer may be another program: what it returns is not believed. */
async function signChecked(message: Buffer, signer: Signer): Promise<Uint8Array> {
  const signature = await signer.sign(message);
  if (verifySignature(signer.publicKey, message, signature)) return signature;
  throw new WaybillError(
    'SIGNER_FAILED',
    'Cannot sign for the log: what the signer returned is no signature by its public key',
  );
}
