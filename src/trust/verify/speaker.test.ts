import { expect, test } from 'vitest';
import {
  alternativeNames,
  authority,
  DIGITAL_SIGNATURE,
  FOR_CODE,
  issue,
  issueLeaf,
  issueRoot,
  KEY_CERT_SIGN,
  toPemText,
} from '../../../test/_support/certificates.ts';
import { ask, outcomeOf, published } from '../../../test/_support/trust-cases.ts';
import { newKey, PACKAGE, parseTrust, trustYaml } from '../../../test/_support/trust-files.ts';
import { localSigner, type Signer } from '../keys/signer.ts';

const SAN = 'https://acme.example/release';
const root = issueRoot();
const require = [{ role: 'publisher', predicateType: PACKAGE }];
const identities = [
  { id: 'acme-other', role: 'publisher', roots: 'other.pem', san: SAN },
  { id: 'acme-ci', role: 'publisher', roots: 'roots.pem', san: SAN },
];
const files = { 'roots.pem': toPemText(root), 'other.pem': toPemText(issueRoot('other')) };
const policyWith = (members: object = {}) =>
  parseTrust(trustYaml({}, { identities, repositories: [{ match: 'acme/*', require }], ...members }), files).policy;

/** Signs with the key of a leaf, under its certificate. */
const signerOf = (leaf: ReturnType<typeof issueLeaf>): Signer => ({
  ...localSigner(leaf.key, 'leaf'),
  certificates: [leaf.der],
});

test('an identity of the policy speaks through a certificate of its roots with its name', async () => {
  const attestations = await published(signerOf(issueLeaf(root)));
  const verdict = ask(policyWith(), attestations);
  expect(outcomeOf(verdict)).toBe('pass');
  expect(verdict.requirements[0]?.by).toMatchObject([{ holder: 'acme-ci', identity: `URI:${SAN}` }]);
});

test('nobody speaks through a certificate of other roots, of another name, or that is over', async () => {
  const other = issue({
    subject: 'x',
    issuer: root,
    extensions: [DIGITAL_SIGNATURE, FOR_CODE, alternativeNames(['URI', `${SAN}x`])],
  });
  for (const leaf of [
    issueLeaf(issueRoot('evil')),
    other,
    issueLeaf(root, { notAfter: '20250101000000Z' }),
    issueLeaf(root, { extensions: [authority(), KEY_CERT_SIGN] }),
  ]) {
    const verdict = ask(policyWith(), await published(signerOf(leaf)));
    expect(outcomeOf(verdict)).toBe('unknown-key');
    expect(verdict.findings[0]?.message).toMatch(/acme-other: .*; acme-ci: /);
  }
  expect(
    outcomeOf(
      ask(
        policyWith({ identities: [], keys: [{ id: 'p', role: 'publisher', spki: newKey().pem }] }),
        await published(signerOf(issueLeaf(root))),
      ),
    ),
  ).toBe('unknown-key');
});

test('a certificate proves nothing about a signature that its key did not make', async () => {
  const leaf = issueLeaf(root);
  const thief = { ...localSigner(issueLeaf(root).key, 'thief'), certificates: [leaf.der] };
  const attestations = await published({ ...thief });
  expect(outcomeOf(ask(policyWith(), attestations))).toBe('bad-signature');
});

test('a kind of key that the policy does not allow is not allowed in a certificate either', async () => {
  const attestations = await published(signerOf(issueLeaf(root)));
  expect(outcomeOf(ask(policyWith({ algorithms: ['ecdsa-p384'] }), attestations))).toBe('unknown-key');
});

test('of one identity one statement counts, however many keys it has', async () => {
  const two = [{ ...require[0], threshold: 2 }];
  const both = [...(await published(signerOf(issueLeaf(root)))), ...(await published(signerOf(issueLeaf(root))))];
  const verdict = ask(policyWith({ repositories: [{ match: 'acme/*', require: two }] }), both);
  expect(verdict.requirements[0]).toMatchObject({ isSatisfied: false, by: [{ holder: 'acme-ci' }], refused: [] });
});
