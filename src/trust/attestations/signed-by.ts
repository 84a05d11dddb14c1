/** Whether an attestation is signed by a key: over the bytes that were read, whichever layout they came in. */
import type { Digest } from '../../oci/digest.ts';
import type { Material } from '../bundle/material.ts';
import { preAuthEncoding } from '../dsse/envelope.ts';
import { type PublicKey, verifySignature } from '../keys/public-key.ts';
import { isAbout } from '../statement/statement.ts';
import type { Attestation } from './attestation.ts';

/** What cannot be read is signed by nobody. What is said, of what, and whether the key may say it, is another question. */
export function isSignedBy(attestation: Attestation, key: PublicKey): boolean {
  const { bundle, simpleSigning, problem } = attestation;
  if (problem !== undefined) return false;
  if (bundle !== undefined) {
    const { payloadType, payload, signature } = bundle.envelope;
    return verifySignature(key, preAuthEncoding(payloadType, payload), signature);
  }
  return simpleSigning !== undefined && verifySignature(key, simpleSigning.payload, simpleSigning.signature);
}

/** Whether what was signed names this content: where the signature was found says nothing. */
export function speaksOf({ statement, simpleSigning }: Attestation, digest: Digest): boolean {
  return statement === undefined ? simpleSigning?.digest === digest : isAbout(statement, digest);
}

/** How the signer names himself, unproved. */
export function materialOf({ bundle, simpleSigning }: Attestation): Material | undefined {
  return bundle?.material ?? simpleSigning?.material;
}
