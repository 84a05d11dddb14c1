/** Public keys: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in PEM or DER, named by the digest of its PEM text. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { type Algorithm, algorithms } from './algorithms.ts';

export interface PublicKey {
  /** Hex sha256 of the PEM text that Node and Python's cryptography write: the hint of OpenSSF Model Signing. */
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

/** A P-521 key has 270 bytes in PEM; certificate tools write some text before it. */
const MAX_PUBLIC_KEY_SIZE = 64 * 1024;

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads a public key, and nothing that merely contains one: a private key or a certificate is named as what it is.
 * @param name how the reader knows it, for the message
 * @throws WaybillError KEY_INVALID
 */
export function readPublicKey(pemOrDer: string | Uint8Array, name: string): PublicKey {
  if (pemOrDer.length > MAX_PUBLIC_KEY_SIZE)
    throw invalid(name, `it has ${pemOrDer.length} bytes, the limit is ${MAX_PUBLIC_KEY_SIZE}`);
  const text = typeof pemOrDer === 'string' ? pemOrDer : Buffer.from(pemOrDer).toString('latin1');
  const blocks = [...text.matchAll(PEM)];
  const [block] = blocks;
  if (block === undefined) return keyFrom(name, { key: Buffer.from(pemOrDer), format: 'der', type: 'spki' });
  if (blocks.length > 1) throw invalid(name, `it holds ${blocks.length} PEM blocks, one is needed`);
  const label = block[0].slice('-----BEGIN '.length, block[0].indexOf('-----', 1));
  if (label !== 'PUBLIC KEY') throw invalid(name, `it is ${JSON.stringify(label)}, not a public key`, hintFor(label));
  return keyFrom(name, block[0]);
}

/** @throws WaybillError KEY_INVALID for kinds of keys that are not used here */
export function publicKeyOf(key: KeyObject, name: string): PublicKey {
  const own = key.type === 'public' ? key : createPublicKey(key);
  const kind = own.asymmetricKeyType;
  const curve = own.asymmetricKeyDetails?.namedCurve;
  const algorithm = algorithms.find(({ id, namedCurve }) => (kind === 'ec' ? namedCurve === curve : kind === id));
  if (algorithm === undefined) {
    const names = algorithms.map((known) => known.name).join(', ');
    throw invalid(name, `it is a key of kind ${[kind, curve].filter(Boolean).join(' ')}; known are ${names}`);
  }
  if (own.export({ type: 'spki', format: 'der' }).length !== algorithm.spkiSize)
    throw invalid(name, 'its curve is not named, or its point is compressed: one key would have several names');
  const pem = own.export({ type: 'spki', format: 'pem' });
  return { id: createHash('sha256').update(pem).digest('hex'), algorithm, key: own };
}

/**
 * Whether the signature is this key's over this message, with the key's own hash. ECDSA signatures
 * are DER (RFC 3279 §2.2.3); OpenSSL refuses any other encoding of the same numbers. Junk is no
 * signature, never an error.
 */
export function verifySignature({ key, algorithm }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(algorithm.hash, message, key, signature);
}

function keyFrom(name: string, source: Parameters<typeof createPublicKey>[0]): PublicKey {
  let key: KeyObject;
  try {
    key = createPublicKey(source);
  } catch (cause) {
    throw invalid(name, 'it is not a public key in PEM or DER (SubjectPublicKeyInfo)', undefined, cause);
  }
  return publicKeyOf(key, name);
}

function hintFor(label: string): string {
  if (label.endsWith('PRIVATE KEY')) return 'Give the public half: openssl pkey -in KEY -pubout';
  if (label === 'CERTIFICATE')
    return 'A certificate is named as a root, or its key alone: openssl x509 -in CERT -noout -pubkey';
  return 'A public key begins with -----BEGIN PUBLIC KEY-----';
}

function invalid(name: string, found: string, hint?: string, cause?: unknown): WaybillError {
  return new WaybillError('KEY_INVALID', `Cannot use the key ${name}: ${found}`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
