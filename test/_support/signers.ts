/** Signers with keys of their own, made when they are first asked for. */
import { generateKeyPairSync } from 'node:crypto';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';

export type Curve = 'P-256' | 'P-384' | 'P-521';

const made = new Map<string, Signer>();

/** The same name is the same key, within one test file. */
export function signerNamed(name: string, curve: Curve = 'P-256'): Signer {
  const id = `${name} ${curve}`;
  const signer = made.get(id) ?? localSigner(generateKeyPairSync('ec', { namedCurve: curve }).privateKey, name);
  made.set(id, signer);
  return signer;
}
