/**
 * Whether a chain of certificates leads from a signer to a root that the verifier trusts (RFC 5280 §6.1, and narrower):
 * each certificate is issued by the next, the roots are the ones that were given and no others, the leaf is for signing
 * code and names who is expected. What limits a certificate and is not understood, refuses it.
 */
import type { KeyObject } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { type PublicKey, publicKeyOf } from '../keys/public-key.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { ANY_USAGE, CODE_SIGNING } from './extensions.ts';
import { formatIdentity, isSameIdentity, parseIdentity } from './identity.ts';

export type ChainPolicy = Expected & {
  /** As `readRoots` reads them. */
  readonly roots: readonly Certificate[];
  /** When the signature was made, as far as somebody trustworthy says so; else now. */
  readonly at: Date;
  readonly revoked?: Revoked;
};

/** Whom the leaf must name, as `parseIdentity` reads it; or, said aloud, that anybody will do whom the roots vouch for. */
type Expected =
  | { readonly identity: string; readonly anyIdentity?: never }
  | { readonly anyIdentity: true; readonly identity?: never };

export interface Revoked {
  /** Serial numbers, hex in lower case without leading zeros; of any issuer. */
  readonly serials?: ReadonlySet<string>;
  /** Ids of keys. */
  readonly keys?: ReadonlySet<string>;
}

/** Private authorities have a root, one or two below it, and the leaf; public ones one more. */
export const MAX_CHAIN_LENGTH = 10;

/** ECDSA with SHA-2, RSA (PKCS#1 v1.5) with SHA-2, Ed25519. SHA-1 can be forged. */
const SIGNATURE_ALGORITHMS: readonly string[] = [
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
];

const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** NIST SP 800-57: 112 bits of strength. */
const LEAST_RSA_BITS = 2048;

/**
 * @param chain DER, the leaf first, each issued by the next; the root may end it, and is not needed
 * @returns the leaf's key
 * @throws WaybillError CERTIFICATE_INVALID with the reason; KEY_INVALID for an identity that no certificate can name
 */
export function verifyCertificateChain(chain: readonly Uint8Array[], policy: ChainPolicy): PublicKey {
  const isTooLong = chain.length > MAX_CHAIN_LENGTH;
  const [leaf, ...rest] = isTooLong ? [] : chain.map((der, index) => readCertificate(der, nameOf(index)));
  if (leaf === undefined)
    throw refusal('the certificates', `there are ${chain.length}, and must be 1 to ${MAX_CHAIN_LENGTH}`);
  const above = pathToRoot([leaf, ...rest], policy.roots);
  for (const [index, certificate] of [leaf, ...above].entries()) {
    const name = nameOf(index);
    checkTime(certificate, name, policy.at);
    checkNotRevoked(certificate, name, policy.revoked ?? {});
    // The root is the last, and its own issuer.
    checkIssued(certificate, above[index] ?? certificate, name);
  }
  for (const [index, certificate] of above.entries())
    checkAuthority(certificate, { name: nameOf(index + 1), below: index, isRoot: index === above.length - 1 });
  checkLeaf(leaf, policy);
  return publicKeyOf(leaf.key, nameOf(0));
}

/** What stands above the leaf, up to the root that issued the last of the chain, unless that is a root itself. */
function pathToRoot([...chain]: readonly Certificate[], roots: readonly Certificate[]): readonly Certificate[] {
  const above = chain.slice(1);
  const last = chain.slice(-1);
  if (roots.some((root) => above.slice(-1).some(({ der }) => der.equals(root.der)))) return above;
  const root = roots.find((one) => last.some((certificate) => hasIssued(one, certificate)));
  if (root !== undefined) return [...above, root];
  throw refusal(nameOf(above.length), 'none of the given roots has issued it, and it is none of them', {
    hint: 'The chain begins with the certificate of the signer, and each is issued by the next',
  });
}

function checkIssued(certificate: Certificate, issuer: Certificate, name: string): void {
  if (!SIGNATURE_ALGORITHMS.includes(certificate.signatureAlgorithm))
    throw refusal(name, `it is signed with the algorithm ${certificate.signatureAlgorithm}, which is not accepted`);
  if (!isStrong(issuer.key)) throw refusal(name, 'the key that signed it is of a kind or size that is not accepted');
  if (!hasIssued(issuer, certificate)) throw refusal(name, 'it is not issued by the one after it');
}

/** OpenSSL compares key identifiers and usage too; names are compared as bytes, as RFC 5280 §7.1 has issuers copy them. */
function hasIssued(issuer: Certificate, { issuer: name, x509 }: Certificate): boolean {
  return issuer.subject.equals(name) && x509.checkIssued(issuer.x509) && x509.verify(issuer.key);
}

function isStrong({ asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (kind === 'rsa') return Number(details?.modulusLength) >= LEAST_RSA_BITS;
  return kind === 'ed25519' || (kind === 'ec' && CURVES.includes(details?.namedCurve));
}

function checkTime({ notBefore, notAfter }: Certificate, name: string, at: Date): void {
  if (!(at >= notBefore)) throw refusal(name, `it is valid only from ${toText(notBefore)} on, not at ${toText(at)}`);
  if (!(at <= notAfter)) throw refusal(name, `it was valid only until ${toText(notAfter)}, not at ${toText(at)}`);
}

function checkNotRevoked({ serial, keyId }: Certificate, name: string, { serials, keys }: Revoked): void {
  if (serials?.has(serial)) throw refusal(name, `its serial number ${serial} is revoked`);
  if (keys?.has(keyId)) throw refusal(name, `its key ${keyId} is revoked`);
}

/** RFC 5280 §6.1.4 (k) to (n). */
function checkAuthority(
  { extensions: { isAuthority, keyUsage, pathLength, extendedKeyUsage } }: Certificate,
  { name, below, isRoot }: { readonly name: string; readonly below: number; readonly isRoot: boolean },
): void {
  if (!isAuthority) throw refusal(name, 'it is not of an authority, which may issue others (CA:TRUE)');
  // A root is chosen by hand, and openssl makes them without a key usage.
  if (keyUsage === undefined ? !isRoot : !keyUsage.keyCertSign)
    throw refusal(name, 'its key may not sign certificates (key usage keyCertSign)');
  if (pathLength !== undefined && below > pathLength)
    throw refusal(name, `${below} authorities stand between it and the signer, and it allows ${pathLength} (pathLen)`);
  const usages = extendedKeyUsage ?? [CODE_SIGNING];
  if (!usages.includes(CODE_SIGNING) && !usages.includes(ANY_USAGE))
    throw refusal(name, 'it is not for issuing certificates that sign code (extended key usage)');
}

function checkLeaf({ extensions: { keyUsage, extendedKeyUsage, names } }: Certificate, policy: ChainPolicy): void {
  if (!keyUsage?.digitalSignature)
    throw refusal(nameOf(0), 'its key is not for signatures (key usage digitalSignature)');
  // CA:TRUE alone issues nothing, and the reference implementation of OpenSSF Model Signing has such leaves.
  if (keyUsage.keyCertSign) throw refusal(nameOf(0), 'its key may sign certificates, so it is of an authority');
  if (!extendedKeyUsage?.includes(CODE_SIGNING))
    throw refusal(nameOf(0), 'it is not for signing code (extended key usage codeSigning)');
  if (policy.anyIdentity === true) return;
  const expected = parseIdentity(policy.identity);
  if (names.some((name) => isSameIdentity(name, expected))) return;
  const found = names.map(formatIdentity);
  throw refusal(nameOf(0), `it names ${found.join(', ') || 'nobody'}, not ${formatIdentity(expected)}`);
}

function refusal(name: string, found: string, details: { readonly hint?: string } = {}): WaybillError {
  return new WaybillError('CERTIFICATE_INVALID', `Cannot accept ${name}: ${found}`, details);
}

function nameOf(index: number): string {
  return index === 0 ? "the signer's certificate" : `certificate ${index + 1} of the chain`;
}

function toText(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'an unknown time' : time.toISOString().replace('.000', '');
}
