/** Attack 38: certificates vouch for nobody but whom explicit roots name exactly, for signing code, now. */
import { describe, expect, test } from 'vitest';
import { localSigner, type Signer } from '../../src/trust/keys/signer.ts';
import {
  alternativeNames,
  authority,
  type CertificateRequest,
  DIGITAL_SIGNATURE,
  extendedKeyUsage,
  extension,
  FOR_CODE,
  type Issued,
  issue,
  issueLeaf,
  issueRoot,
  KEY_CERT_SIGN,
  keyUsage,
  newKey,
  toPemText,
} from '../_support/certificates.ts';
import { RELEASE } from '../_support/chain-verdict.ts';
import { failureOf } from '../_support/refusal.ts';
import { ask, outcomeOf, published } from '../_support/trust-cases.ts';
import { PACKAGE, parseTrust, trustYaml } from '../_support/trust-files.ts';

const root = issueRoot();
const middle = issue({ subject: 'middle', issuer: root, extensions: [authority(0), KEY_CERT_SIGN] });
const leafWith = (request: Partial<CertificateRequest> = {}, issuer: Issued = middle) => issueLeaf(issuer, request);
const named = (...names: readonly (readonly ['URI' | 'DNS', string])[]) =>
  leafWith({ extensions: [DIGITAL_SIGNATURE, FOR_CODE, alternativeNames(...names)] });

function policyWith(roots: readonly Issued[] = [root], san = RELEASE) {
  const identities = [{ id: 'acme-ci', role: 'publisher', roots: 'roots.pem', san }];
  const repositories = [{ match: 'acme/*', require: [{ role: 'publisher', predicateType: PACKAGE }] }];
  return parseTrust(trustYaml({}, { identities, repositories }), { 'roots.pem': toPemText(...roots) }).policy;
}

/** What a policy says to a package that the first certificate's key signed. */
async function verdict(chain: readonly Issued[], policy = policyWith(), key = chain[0]?.key): Promise<string> {
  const signer: Signer = { ...localSigner(key ?? newKey(), 'leaf'), certificates: chain.map(({ der }) => der) };
  const answer = ask(policy, await published(signer));
  return outcomeOf(answer) === 'pass' ? 'pass' : `${outcomeOf(answer)}: ${answer.findings[0]?.message}`;
}

test('an honest chain passes, with its root at the end or without', async () => {
  const leaf = leafWith();
  expect(await verdict([leaf, middle])).toBe('pass');
  expect(await verdict([leaf, middle, root])).toBe('pass');
});

const long = issue({ subject: 'long', issuer: middle, extensions: [authority(), KEY_CERT_SIGN] });
const evilRoot = issueRoot();
const attacks: readonly (readonly [string, readonly Issued[], RegExp])[] = [
  ['an expired leaf', [leafWith({ notAfter: '251231235959Z' }), middle], /valid only until 2025-12-31/],
  ['a leaf of tomorrow', [leafWith({ notBefore: '261128000000Z' }), middle], /valid only from 2026-11-28/],
  ['an authority as leaf', [middle], /key usage digitalSignature/],
  [
    'a leaf that may sign certificates',
    [leafWith({ extensions: [keyUsage(2, 0x84), FOR_CODE, alternativeNames(['URI', RELEASE])] }), middle],
    /may sign certificates/,
  ],
  [
    'the certificate of a web server',
    [
      leafWith({
        extensions: [DIGITAL_SIGNATURE, extendedKeyUsage('1.3.6.1.5.5.7.3.1'), alternativeNames(['URI', RELEASE])],
      }),
      middle,
    ],
    /not for signing code/,
  ],
  ['a path that is too long', [leafWith({}, long), long, middle], /pathLen/],
  ['a leaf that issues', [leafWith({}, leafWith()), leafWith(), middle], /not issued by the one after it/],
  ['a self-signed leaf', [leafWith({}, { ...issueRoot('signer') })], /none of the given roots/],
  ['a root of the same name, sent along', [leafWith({}, evilRoot), evilRoot], /none of the given roots/],
  ['an honest root behind a foreign chain', [leafWith({}, evilRoot), root], /not issued by the one after it/],
  ['another name', [named(['URI', `${RELEASE}/evil`]), middle], /not URI:https:\/\/acme.example\/release/],
  ['a longer host', [named(['DNS', 'acme.example.evil.example']), middle], /it names DNS:acme.example.evil.example/],
  ['the name as another kind', [named(['DNS', RELEASE]), middle], /it names DNS:https/],
  ['the name after a line end', [named(['URI', `https://evil.example\n${RELEASE}`]), middle], /no such name has/],
  ['the name before a zero', [named(['URI', `${RELEASE}\0.evil.example`]), middle], /no such name has/],
  ['no name', [leafWith({ extensions: [DIGITAL_SIGNATURE, FOR_CODE] }), middle], /it names nobody/],
  [
    'an unknown critical extension',
    [leafWith({ extensions: [DIGITAL_SIGNATURE, FOR_CODE, extension('1.2.3.4', Buffer.of(5, 0))] }), middle],
    /critical extension 1.2.3.4/,
  ],
];

describe('nobody speaks by', () => {
  test.each(attacks)('%s', async (_, chain, reason) => {
    const answer = await verdict(chain);
    expect(answer).toMatch(/^unknown-key: /);
    expect(answer).toMatch(reason);
  });

  test('name constraints that are not understood', async () => {
    const limited = issue({
      subject: 'limited',
      issuer: root,
      extensions: [authority(0), KEY_CERT_SIGN, extension('2.5.29.30', Buffer.of(0x30, 0))],
    });
    expect(await verdict([leafWith({}, limited), limited])).toMatch(/unknown-key: .*name constraints/);
  });

  test('the certificate of another key', async () => {
    expect(await verdict([leafWith(), middle], policyWith(), newKey())).toMatch(/^bad-signature: .*not one of its key/);
  });

  test('a name that is a pattern', async () => {
    for (const pattern of ['https://acme.example/*', '.*', 'acme.example', 'https://acme.example/RELEASE'])
      expect(await verdict([leafWith(), middle], policyWith([root], pattern))).toMatch(/^unknown-key: .*it names URI:/);
  });
});

test('a policy takes no intermediate for a root', async () => {
  const failure = await failureOf(Promise.resolve().then(() => policyWith([middle])));
  expect(failure.message).toMatch(/is no root|roots\.pem|trust\.yaml/);
  expect(['KEY_INVALID', 'TRUST_FILE_INVALID', 'CERTIFICATE_INVALID']).toContain(failure.code);
});
