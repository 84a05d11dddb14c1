import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  alternativeNames,
  authority,
  type CertificateRequest,
  DIGITAL_SIGNATURE,
  extendedKeyUsage,
  FOR_CODE,
  type Issued,
  issue,
  issueLeaf,
  issueRoot,
  KEY_CERT_SIGN,
  newKey,
} from '../../../test/_support/certificates.ts';
import { type Asked, chainVerdict } from '../../../test/_support/chain-verdict.ts';
import { publicKeyOf } from '../keys/public-key.ts';

const TLS = '1.3.6.1.5.5.7.3.1';

const root = issueRoot();
const middle = issue({ subject: 'middle', issuer: root, extensions: [authority(0), KEY_CERT_SIGN] });
const leaf = issueLeaf(middle);

const verdict = (chain: readonly Issued[], asked: Partial<Asked> = {}) =>
  chainVerdict(chain, { roots: [root], ...asked });
const idOf = ({ key }: Issued) => publicKeyOf(key, 'k').id;
const leafOf = (request: Partial<CertificateRequest>, issuer: Issued = middle) => issueLeaf(issuer, request);
const middleOf = (request: Partial<CertificateRequest>) =>
  issue({ subject: 'middle', issuer: root, extensions: [authority(0), KEY_CERT_SIGN], ...request });

describe('verifyCertificateChain accepts', () => {
  test('a leaf that is issued by a root, directly or not, and the root at the end', () => {
    expect(verdict([leaf, middle])).toBe(idOf(leaf));
    expect(verdict([leaf, middle, root])).toBe(idOf(leaf));
    const direct = issueLeaf(root);
    expect(verdict([direct])).toBe(idOf(direct));
    expect(verdict([direct], { roots: [issueRoot('another'), root] })).toBe(idOf(direct));
  });

  test.each([
    ['P-384', () => newKey('P-384')],
    ['P-521', () => newKey('P-521')],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
  ])('a leaf with a key of %s', (_, make) => {
    const other = leafOf({ key: make() });
    expect(verdict([other, middle])).toBe(idOf(other));
  });

  test('authorities with keys of RSA and Ed25519', () => {
    const rsa = issueRoot('rsa', {
      key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
      signature: { id: '1.2.840.113549.1.1.11', hash: 'sha256' },
    });
    const edwards = issue({
      subject: 'edwards',
      issuer: rsa,
      key: generateKeyPairSync('ed25519').privateKey,
      signature: { id: '1.2.840.113549.1.1.11', hash: 'sha256' },
      extensions: [authority(), KEY_CERT_SIGN],
    });
    const signer = leafOf({ signature: { id: '1.3.101.112', hash: null } }, edwards);
    expect(verdict([signer, edwards], { roots: [rsa] })).toBe(idOf(signer));
  });

  test('a root without key usage, as openssl makes them, and authorities whose extended usage has code signing', () => {
    const bare = issueRoot('bare', { extensions: [authority()] });
    const direct = issueLeaf(bare);
    expect(verdict([direct], { roots: [bare] })).toBe(idOf(direct));
    for (const usage of ['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']) {
      const limited = middleOf({ extensions: [authority(), KEY_CERT_SIGN, extendedKeyUsage(TLS, usage)] });
      const signer = issueLeaf(limited);
      expect(verdict([signer, limited])).toBe(idOf(signer));
    }
  });

  test('a leaf that says CA:TRUE and may not sign certificates, named like its issuer', () => {
    const golden = leafOf({ subject: 'middle', extensions: [authority(), FOR_CODE, DIGITAL_SIGNATURE] });
    expect(verdict([golden, middle], { identity: '' })).toBe(idOf(golden));
  });

  test('any identity, if that is said, and each of several', () => {
    expect(verdict([leafOf({ extensions: [DIGITAL_SIGNATURE, FOR_CODE] }), middle], { identity: '' })).toMatch(
      /^[0-9a-f]/,
    );
    const names = alternativeNames(['email', 'a@acme.example'], ['DNS', 'acme.example'], ['address', '\x7f\0\0\x01']);
    const signer = leafOf({ extensions: [DIGITAL_SIGNATURE, FOR_CODE, names] });
    for (const identity of ['a@acme.example', 'email:a@acme.example', 'acme.example', 'DNS:acme.example'])
      expect(verdict([signer, middle], { identity })).toBe(idOf(signer));
  });

  test('both ends of the validity', () => {
    const brief = leafOf({ notBefore: '261127120000Z', notAfter: '261127120001Z' });
    expect(verdict([brief, middle])).toBe(idOf(brief));
    expect(verdict([brief, middle], { at: new Date('2026-11-27T12:00:01Z') })).toBe(idOf(brief));
  });

  test('what is not revoked', () => {
    const revoked = { serials: new Set(['abc']), keys: new Set(['def']) };
    expect(verdict([leaf, middle], { revoked })).toBe(idOf(leaf));
  });
});
