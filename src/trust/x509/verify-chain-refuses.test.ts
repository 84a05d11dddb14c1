import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
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
  keyUsage,
  newKey,
} from '../../../test/_support/certificates.ts';
import { type Asked, chainVerdict, RELEASE } from '../../../test/_support/chain-verdict.ts';
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

const signerNames = alternativeNames(['URI', RELEASE]);
const refused: readonly (readonly [string, () => string, RegExp])[] = [
  ['no certificate', () => verdict([]), /there are 0, and must be 1 to 10/],
  ['a long chain', () => verdict(Array(11).fill(leaf)), /there are 11/],
  ['the leaf alone', () => verdict([leaf]), /none of the given roots has issued it/],
  ['another order', () => verdict([middle, leaf]), /the signer's certificate: .*|CERTIFICATE_INVALID/],
  ['one too many between', () => verdict([leaf, issueLeaf(middle), middle]), /it is not issued by the one after it/],
  ['another root', () => verdict([leaf, middle], { roots: [issueRoot()] }), /none of the given roots has issued it/],
  [
    'a root that comes along',
    () => verdict([leaf, middle, root], { roots: [issueRoot('x')] }),
    /certificate 3 of the chain: none/,
  ],
  [
    'an intermediate as root',
    () => verdict([leaf], { roots: [middle] }),
    /KEY_INVALID .*certificate 1 in it is no root/,
  ],
  [
    'a self-signed leaf',
    () => verdict([leafOf({ subject: 'alone' }, { ...issueRoot('alone'), subject: 'alone' })]),
    /none of the given roots/,
  ],
  ['a root as leaf', () => verdict([root]), /key usage digitalSignature/],
  [
    'an expired leaf',
    () => verdict([leafOf({ notAfter: '250101000000Z' }), middle]),
    /valid only until 2025-01-01T00:00:00Z, not at 2026/,
  ],
  [
    'a future leaf',
    () => verdict([leafOf({ notBefore: '20300101000000Z' }), middle]),
    /valid only from 2030-01-01T00:00:00Z on/,
  ],
  [
    'an expired authority',
    () => {
      const old = middleOf({ notAfter: '250101000000Z' });
      return verdict([issueLeaf(old), old]);
    },
    /certificate 2 of the chain: it was valid only until/,
  ],
  [
    'an expired root',
    () => {
      const old = issueRoot('old', { notAfter: '250101000000Z' });
      return verdict([issueLeaf(old)], { roots: [old] });
    },
    /certificate 2 of the chain: it was valid/,
  ],
  ['no time at all', () => verdict([leaf, middle], { at: new Date(Number.NaN) }), /not at an unknown time/],
  [
    'a TLS leaf',
    () => verdict([leafOf({ extensions: [DIGITAL_SIGNATURE, extendedKeyUsage(TLS), signerNames] }), middle]),
    /not for signing code/,
  ],
  [
    'a leaf for any usage',
    () => verdict([leafOf({ extensions: [DIGITAL_SIGNATURE, extendedKeyUsage('2.5.29.37.0'), signerNames] }), middle]),
    /not for signing code/,
  ],
  [
    'a leaf without extended usage',
    () => verdict([leafOf({ extensions: [DIGITAL_SIGNATURE, signerNames] }), middle]),
    /not for signing code/,
  ],
  [
    'a leaf without key usage',
    () => verdict([leafOf({ extensions: [FOR_CODE, signerNames] }), middle]),
    /digitalSignature/,
  ],
  [
    'a leaf for key agreement',
    () => verdict([leafOf({ extensions: [keyUsage(3, 0x08), FOR_CODE, signerNames] }), middle]),
    /digitalSignature/,
  ],
  [
    'an authority as leaf',
    () => verdict([leafOf({ extensions: [authority(), keyUsage(2, 0x84), FOR_CODE, signerNames] }), middle]),
    /may sign certificates/,
  ],
  [
    'a leaf as authority',
    () => {
      const signer = leafOf({});
      return verdict([issueLeaf(signer), signer, middle]);
    },
    /certificate 1|it is not issued by|not of an authority/,
  ],
  [
    'an authority without CA:TRUE',
    () => {
      const not = middleOf({ extensions: [KEY_CERT_SIGN] });
      return verdict([issueLeaf(not), not]);
    },
    /CERTIFICATE_INVALID .*(?:CA:TRUE|issued)/,
  ],
  [
    'an authority without keyCertSign',
    () => {
      const not = middleOf({ extensions: [authority(), DIGITAL_SIGNATURE] });
      return verdict([issueLeaf(not), not]);
    },
    /CERTIFICATE_INVALID .*(?:keyCertSign|issued)/,
  ],
  [
    'an authority without key usage',
    () => {
      const not = middleOf({ extensions: [authority()] });
      return verdict([issueLeaf(not), not]);
    },
    /keyCertSign/,
  ],
  [
    'a path that is too long',
    () => {
      const below = issue({ subject: 'below', issuer: middle, extensions: [authority(), KEY_CERT_SIGN] });
      return verdict([issueLeaf(below), below, middle]);
    },
    /1 authorities stand between .* allows 0 \(pathLen\)/,
  ],
  [
    'an authority for TLS',
    () => {
      const not = middleOf({ extensions: [authority(), KEY_CERT_SIGN, extendedKeyUsage(TLS)] });
      return verdict([issueLeaf(not), not]);
    },
    /not for issuing certificates that sign code/,
  ],
  [
    'SHA-1',
    () => verdict([leafOf({ signature: { id: '1.2.840.10045.4.1', hash: 'sha1' } }), middle]),
    /algorithm 1.2.840.10045.4.1, which is not accepted/,
  ],
  [
    'a short RSA key of an authority',
    () => {
      const short = issueRoot('short', {
        key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
        signature: { id: '1.2.840.113549.1.1.11', hash: 'sha256' },
      });
      return verdict([leafOf({ signature: { id: '1.2.840.113549.1.1.11', hash: 'sha256' } }, short)], {
        roots: [short],
      });
    },
    /kind or size that is not accepted/,
  ],
  [
    'an authority on an odd curve',
    () => {
      const odd = issueRoot('odd', { key: newKey('secp256k1') });
      return verdict([issueLeaf(odd)], { roots: [odd] });
    },
    /kind or size that is not accepted/,
  ],
  [
    'a leaf with an RSA key',
    () => verdict([leafOf({ key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }), middle]),
    /KEY_INVALID .*kind rsa/,
  ],
  [
    'a wrong name',
    () => verdict([leaf, middle], { identity: 'https://acme.example/releas' }),
    /it names URI:https:\/\/acme.example\/release, not URI:https:\/\/acme.example\/releas$/,
  ],
  ['a name of another kind', () => verdict([leaf, middle], { identity: `DNS:${RELEASE}` }), /not DNS:https/],
  ['no name', () => verdict([leafOf({ extensions: [DIGITAL_SIGNATURE, FOR_CODE] }), middle]), /it names nobody/],
  [
    'a name with a line end',
    () =>
      verdict([
        leafOf({
          extensions: [DIGITAL_SIGNATURE, FOR_CODE, alternativeNames(['URI', `${RELEASE}\nhttps://evil.example`])],
        }),
        middle,
      ]),
    /holds a sign that no such name has/,
  ],
  [
    'a name with a zero',
    () =>
      verdict(
        [
          leafOf({
            extensions: [DIGITAL_SIGNATURE, FOR_CODE, alternativeNames(['DNS', 'acme.example\0.evil.example'])],
          }),
          middle,
        ],
        { identity: 'acme.example' },
      ),
    /holds a sign that no such name has/,
  ],
  [
    'an identity that nobody has',
    () => verdict([leaf, middle], { identity: 'a b' }),
    /KEY_INVALID .*no certificate names it/,
  ],
  [
    'a revoked serial',
    () =>
      verdict([leaf, middle], {
        revoked: { serials: new Set([Buffer.from('\x01signer').toString('hex').replace(/^0/, '')]) },
      }),
    /its serial number 17369676e6572 is revoked/,
  ],
  [
    'a revoked key',
    () => verdict([leaf, middle], { revoked: { keys: new Set([idOf(middle)]) } }),
    /certificate 2 of the chain: its key [0-9a-f]{64} is revoked/,
  ],
];

test.each(refused)('verifyCertificateChain refuses %s', (_, run, reason) => {
  expect(run()).toMatch(/^(?:CERTIFICATE|KEY)_INVALID /);
  expect(run()).toMatch(reason);
});
