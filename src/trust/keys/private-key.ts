/**
 * Reads a private key from PEM: PKCS#8 (RFC 5958), plain or encrypted, and SEC 1's form of EC keys (RFC 5915). Forms that
 * other programs have for themselves are named, with what makes a PKCS#8 of them.
 */
import { createPrivateKey, type KeyObject, type PrivateKeyInput } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { weaknessOfEncryption } from './encryption.ts';
import { readPem } from './pem.ts';

export interface OpenedKey {
  readonly key: KeyObject;
  /** What makes it cheap to guess its passphrase, in words; absent where the encryption is strong or there is none. */
  readonly weakness: string | undefined;
  readonly isEncrypted: boolean;
}

/** PKCS#8 of any of our kinds has about 400 bytes, of RSA some thousand. */
export const MAX_KEY_SIZE = 32 * 1024;

/** What `openssl pkcs8` writes with this is as hard to open as what we write. */
const STRONG_PKCS8 = 'openssl pkcs8 -topk8 -scrypt -scrypt_N 16384 -scrypt_r 8 -scrypt_p 5';

/** RFC 1421, as old OpenSSL wrote it: the key is the MD5 of the passphrase. */
const OLD_ENCRYPTION = /^Proc-Type: 4,ENCRYPTED/m;

/** Labels of what no reader here takes, and what helps. */
const foreign: Readonly<Record<string, { readonly found: string; readonly hint: string }>> = {
  'ENCRYPTED SIGSTORE PRIVATE KEY': cosign(),
  'ENCRYPTED COSIGN PRIVATE KEY': cosign(),
  'OPENSSH PRIVATE KEY': {
    found: 'it is in the form of OpenSSH',
    hint: 'ssh-keygen -p -m PKCS8 -f COPY-OF-KEY writes a copy of it in place as PKCS#8',
  },
  'RSA PRIVATE KEY': { found: 'it is an RSA key', hint: 'waybill keygen makes one of ECDSA' },
  'DSA PRIVATE KEY': { found: 'it is a DSA key', hint: 'waybill keygen makes one of ECDSA' },
};

/**
 * @param name the file in the reader's words
 * @param passphrase asked for if the key is encrypted
 * @throws WaybillError KEY_INVALID
 */
export async function openPrivateKey(
  text: string,
  name: string,
  passphrase: () => Promise<string>,
): Promise<OpenedKey> {
  const refuse = (found: string, hint?: string, cause?: unknown) =>
    new WaybillError('KEY_INVALID', `Cannot read the private key ${name}: ${found}`, {
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  const open = (input: PrivateKeyInput, found: string) => {
    try {
      return createPrivateKey(input);
    } catch (cause) {
      throw refuse(found, undefined, cause);
    }
  };
  const isWrong = 'the passphrase is not the right one, or the file is damaged';
  if (OLD_ENCRYPTION.test(text) && text.length <= MAX_KEY_SIZE)
    return {
      key: open({ key: text, format: 'pem', passphrase: await passphrase() }, isWrong),
      weakness: `its passphrase goes through one round of MD5; ${STRONG_PKCS8} writes it anew`,
      isEncrypted: true,
    };
  const keys = readPem(text, name).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (block === undefined) throw refuse('it holds no private key in PEM', 'openssl pkey -inform DER makes PEM of DER');
  if (keys.length > 1) throw refuse(`it holds ${keys.length} private keys`);
  const { label, der: key } = block;
  if (label === 'ENCRYPTED PRIVATE KEY') {
    const weakness = weaknessOfEncryption(key, refuse);
    return {
      key: open({ key, format: 'der', type: 'pkcs8', passphrase: await passphrase() }, isWrong),
      weakness: weakness === undefined ? undefined : `${weakness}; ${STRONG_PKCS8} writes it anew`,
      isEncrypted: true,
    };
  }
  const type = label === 'PRIVATE KEY' ? 'pkcs8' : label === 'EC PRIVATE KEY' ? 'sec1' : undefined;
  if (type !== undefined)
    return { key: open({ key, format: 'der', type }, 'it is damaged'), weakness: undefined, isEncrypted: false };
  const known = foreign[label];
  throw refuse(known?.found ?? `Waybill does not know the form ${label}`, known?.hint);
}

function cosign(): { readonly found: string; readonly hint: string } {
  return {
    found: 'it is encrypted in a form that only cosign reads',
    hint: "Let cosign sign with it: --public-key cosign.pub --signer 'cosign sign-blob --key cosign.key --tlog-upload=false --use-signing-config=false --new-bundle-format=false -'",
  };
}
