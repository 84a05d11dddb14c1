/** Whom a model signature must be of, by the options of a verb: a key, or whoever certificates of given roots name. */
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Bundle } from '../../trust/bundle/bundle.ts';
import { MAX_PEM_SIZE } from '../../trust/keys/pem.ts';
import { type PublicKey, readPublicKey } from '../../trust/keys/public-key.ts';
import { readRoots } from '../../trust/x509/read-certificates.ts';
import { type ChainPolicy, verifyCertificateChain } from '../../trust/x509/verify-chain.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';

/**
 * The key that a signature must be of.
 * @throws WaybillError USAGE, KEY_INVALID, FILE_UNREADABLE at once; CERTIFICATE_INVALID when it is called
 */
export function readExpectedSigner(context: Context, input: Input): (bundle: Bundle) => PublicKey {
  const [key, roots] = [input.text('key'), input.text('roots')];
  if ((key === undefined) === (roots === undefined))
    throw usage('say whose it must be', 'Add --key FILE, or --roots FILE with --identity NAME');
  if (key !== undefined) {
    if (input.text('identity') !== undefined || input.has('any-identity'))
      throw usage('--identity and --any-identity belong to --roots', 'A key is somebody by itself');
    const publicKey = readKeyFile(key);
    return () => publicKey;
  }
  const policy = chainPolicy(context, input, roots ?? '');
  return ({ material }) => {
    if (material.kind === 'certificates') return verifyCertificateChain(material.chain, policy);
    throw new WaybillError('CERTIFICATE_INVALID', 'Cannot accept the signature: it names a key, not a certificate', {
      hint: 'Give the public key of the signer with --key',
    });
  };
}

/** @throws WaybillError KEY_INVALID, FILE_UNREADABLE */
export function readKeyFile(file: string): PublicKey {
  return readPublicKey(readPem(file), file);
}

function chainPolicy(context: Context, input: Input, file: string): ChainPolicy {
  const identity = input.text('identity');
  if ((identity === undefined) !== input.has('any-identity'))
    throw usage(
      '--roots needs one of --identity and --any-identity',
      'An authority vouches for many: --identity NAME says for whom',
    );
  const common = { roots: readRoots(readPem(file), file), at: new Date(context.clock.now()) };
  return identity === undefined ? { ...common, anyIdentity: true } : { ...common, identity };
}

function readPem(file: string): string {
  try {
    return readSmallFile(file, MAX_PEM_SIZE).toString('latin1');
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

function usage(found: string, hint: string): WaybillError {
  return new WaybillError('USAGE', `Cannot verify the signature: ${found}`, { hint });
}
