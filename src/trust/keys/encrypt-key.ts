/**
 * Writes a private key encrypted with a passphrase: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 §3) by PBES2 (RFC 8018
 * §6.2) with scrypt (RFC 7914 §7) and AES-256 in CBC mode (RFC 8018 §B.2.5). Node's own export takes PBKDF2 with 2,048
 * rounds, which a graphics card tries by the million.
 */
import { createCipheriv, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { count, objectIdentifier, octetString, sequenceOf } from '../der/write.ts';
import { toPem } from './pem.ts';

/** RFC 8018 §A.4, RFC 7914 §7, NIST's AES-256-CBC. */
export const PBES2 = '1.2.840.113549.1.5.13';
export const SCRYPT = '1.3.6.1.4.1.11591.4.11';
export const AES_256_CBC = '2.16.840.1.101.3.4.1.42';

/**
 * What OWASP names as equal to its first choice (N = 2^17, p = 1), with 16 MiB where that takes 128: OpenSSL, and so
 * everybody's tool, opens no key that needs more than 32.
 */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;

const SALT_SIZE = 16;
const BLOCK_SIZE = 16;
const KEY_SIZE = 32;

/** Node opens no key with a longer one. */
const MAX_PASSPHRASE_SIZE = 1024;

/**
 * The key as PEM, `ENCRYPTED PRIVATE KEY`.
 * @throws WaybillError KEY_INVALID for a passphrase that is empty, or longer than tools take
 */
export function encryptKey(key: KeyObject, passphrase: string): string {
  const size = Buffer.byteLength(passphrase);
  if (size === 0) throw new WaybillError('KEY_INVALID', 'Cannot encrypt the private key: the passphrase is empty');
  if (size > MAX_PASSPHRASE_SIZE)
    throw new WaybillError(
      'KEY_INVALID',
      `Cannot encrypt the private key: the passphrase has ${size} bytes, the limit is ${MAX_PASSPHRASE_SIZE}`,
    );
  const salt = randomBytes(SALT_SIZE);
  const vector = randomBytes(BLOCK_SIZE);
  const secret = scryptSync(passphrase, salt, KEY_SIZE, COST);
  const cipher = createCipheriv('aes-256-cbc', secret, vector);
  const sealed = Buffer.concat([cipher.update(key.export({ type: 'pkcs8', format: 'der' })), cipher.final()]);
  const derivation = sequenceOf(
    objectIdentifier(SCRYPT),
    sequenceOf(octetString(salt), count(COST.N), count(COST.r), count(COST.p), count(KEY_SIZE)),
  );
  const encryption = sequenceOf(objectIdentifier(AES_256_CBC), octetString(vector));
  const algorithm = sequenceOf(objectIdentifier(PBES2), sequenceOf(derivation, encryption));
  return toPem('ENCRYPTED PRIVATE KEY', sequenceOf(algorithm, octetString(sealed)));
}
