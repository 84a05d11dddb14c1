/** Makes a private key of one of our kinds. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyAlgorithm } from './algorithms.ts';

const makers: Readonly<Record<KeyAlgorithm, () => { readonly privateKey: KeyObject }>> = {
  'ecdsa-p256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'ecdsa-p521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: () => generateKeyPairSync('ed25519'),
};

export function generateKey(algorithm: KeyAlgorithm): KeyObject {
  return makers[algorithm]().privateKey;
}
