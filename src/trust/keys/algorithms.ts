/**
 * The kinds of keys, and the one hash that each signs with. The table is fixed: nothing that comes
 * with a signature chooses an algorithm (OpenSSF Model Signing 1.0 §6.4; DSSE leaves it to the key).
 */
export interface Algorithm {
  readonly id: KeyAlgorithm;
  /** How people call it. */
  readonly name: string;
  /** As OpenSSL names the curve; Ed25519 is a kind of key of its own. */
  readonly namedCurve: string | undefined;
  /** Undefined where the scheme hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | undefined;
  /** Bytes of a public key as SubjectPublicKeyInfo with a named curve and an uncompressed point: one key, one text. */
  readonly spkiSize: number;
}

export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521' | 'ed25519';

export const algorithms: readonly Algorithm[] = [
  { id: 'ecdsa-p256', name: 'ECDSA P-256 with SHA-256', namedCurve: 'prime256v1', hash: 'sha256', spkiSize: 91 },
  { id: 'ecdsa-p384', name: 'ECDSA P-384 with SHA-384', namedCurve: 'secp384r1', hash: 'sha384', spkiSize: 120 },
  { id: 'ecdsa-p521', name: 'ECDSA P-521 with SHA-512', namedCurve: 'secp521r1', hash: 'sha512', spkiSize: 158 },
  { id: 'ed25519', name: 'Ed25519', namedCurve: undefined, hash: undefined, spkiSize: 44 },
];
