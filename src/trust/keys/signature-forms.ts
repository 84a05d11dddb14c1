/**
 * The forms in which programs answer with a signature: as we keep it (DER for ECDSA, RFC 3279 §2.2.3; 64 bytes for
 * Ed25519), r and s one after the other (IEEE P1363, as PKCS#11 has it), and base64 of either. Which it is, is not
 * guessed: what verifies is the signature.
 */
import { sequenceOf, unsignedInteger } from '../der/write.ts';
import { type PublicKey, verifySignature } from './public-key.ts';

/** @returns the signature as it is kept; undefined where none of the forms verifies */
export function toOurForm(answer: Buffer, key: PublicKey, message: Uint8Array): Buffer | undefined {
  // Most write it in lines.
  const text = answer.toString('latin1').replaceAll(/\s+/g, '');
  const decoded = Buffer.from(text, 'base64');
  const isBase64 = decoded.toString('base64') === text;
  return [answer, ...(isBase64 ? [decoded] : [])]
    .flatMap((bytes) => [bytes, fromPairOfNumbers(bytes)])
    .find((bytes) => verifySignature(key, message, bytes));
}

function fromPairOfNumbers(bytes: Buffer): Buffer {
  const half = bytes.length / 2;
  return sequenceOf(unsignedInteger(bytes.subarray(0, half)), unsignedInteger(bytes.subarray(half)));
}
