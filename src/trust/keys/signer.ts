/** Whoever can sign: a key on this machine, or a program that holds one elsewhere. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type PublicKey, publicKeyOf } from './public-key.ts';

export interface Signer {
  readonly publicKey: PublicKey;
  /** DER, the leaf first: who signs is then named by a certificate, not by the key. */
  readonly certificates?: readonly Uint8Array[];
  /** @returns DER for ECDSA (RFC 3279 §2.2.3), 64 bytes for Ed25519 (RFC 8032) */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** @throws WaybillError KEY_INVALID for kinds of keys that are not used here */
export function localSigner(key: KeyObject, name: string): Signer {
  const publicKey = publicKeyOf(createPublicKey(key), name);
  return { publicKey, sign: async (message) => sign(publicKey.algorithm.hash, message, key) };
}
