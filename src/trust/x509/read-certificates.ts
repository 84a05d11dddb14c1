/** Certificates in PEM files: the chain that a signer shows, and the roots that a verifier trusts. */
import { WaybillError } from '../../base/errors.ts';
import { readPem } from '../keys/pem.ts';
import { type PublicKey, publicKeyOf } from '../keys/public-key.ts';
import { type Certificate, isSelfSigned, readCertificate } from './certificate.ts';
import { MAX_CHAIN_LENGTH } from './verify-chain.ts';

export interface CertificateChain {
  /** DER, the leaf first, without a root. */
  readonly certificates: readonly Buffer[];
  /** The leaf's. */
  readonly publicKey: PublicKey;
}

/** The public authorities of the web are 150; nobody needs so many to sign models. */
const MAX_ROOTS = 100;

/**
 * A chain as it goes into a bundle: a root at its end is left out, whoever verifies has it already or must not believe it.
 * @param name the file in the reader's words
 * @throws WaybillError KEY_INVALID, CERTIFICATE_INVALID
 */
export function readCertificates(pem: string, name: string): CertificateChain {
  const all = readAll(pem, name, MAX_CHAIN_LENGTH);
  const certificates = all.filter((certificate, index) => index === 0 || !isSelfSigned(certificate));
  const [leaf] = certificates;
  if (leaf === undefined) throw none(name);
  return { certificates: certificates.map(({ der }) => der), publicKey: publicKeyOf(leaf.key, name) };
}

/**
 * Roots: each certificate must be signed by itself, for an authority below another is no anchor.
 * @param name the file in the reader's words
 * @throws WaybillError KEY_INVALID, CERTIFICATE_INVALID
 */
export function readRoots(pem: string, name: string): readonly Certificate[] {
  const roots = readAll(pem, name, MAX_ROOTS);
  if (roots.length === 0) throw none(name);
  const other = roots.findIndex((certificate) => !isSelfSigned(certificate));
  if (other === -1) return roots;
  throw new WaybillError('KEY_INVALID', `Cannot take ${name} for roots: certificate ${other + 1} in it is no root`, {
    hint: 'Give the root that issued it; those between come with the signature',
  });
}

function readAll(pem: string, name: string, limit: number): readonly Certificate[] {
  const blocks = readPem(pem, name).filter(({ label }) => label === 'CERTIFICATE');
  if (blocks.length > limit)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it holds ${blocks.length} certificates, the limit is ${limit}`,
    );
  return blocks.map(({ der }, index) => readCertificate(der, `certificate ${index + 1} of ${name}`));
}

function none(name: string): WaybillError {
  return new WaybillError('KEY_INVALID', `Cannot read ${name}: it holds no certificate in PEM`, {
    hint: 'openssl x509 -inform DER makes PEM of DER',
  });
}
