import { describe, expect, test } from 'vitest';
import { issueRoot, toPemText } from '../../../test/_support/certificates.ts';
import { logSigner, ORIGIN, verifierKey } from '../../../test/_support/log.ts';
import { newKey, PACKAGE, parseTrust, trustYaml } from '../../../test/_support/trust-files.ts';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../../oci/digest.ts';
import { signNote } from '../log/note/sign.ts';
import { predicateTypes } from '../predicate-types.ts';
import { parseTrustFile } from './parse.ts';

const publisher = newKey();
const gate = newKey('P-384');
const keys = { publisher, gate };
const rule = { role: 'publisher', predicateType: PACKAGE };

const problemsOf = (text: string, files: Readonly<Record<string, string | Buffer>> = {}) => {
  try {
    parseTrust(text, files);
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'TRUST_FILE_INVALID') return error.problems;
    throw error;
  }
  throw new Error('it was accepted');
};

test('parseTrustFile() reads every member into a policy', async () => {
  const revoker = newKey('ed25519');
  const witness = verifierKey(2, 'witness.example', 'cosignature');
  const root = Buffer.alloc(32).toString('base64');
  const checkpoint = (await signNote(`${ORIGIN}\n5\n${root}\n`, ORIGIN, logSigner())).toString();
  const text = trustYaml(keys, {
    keys: [
      { id: 'publisher-1', role: 'publisher', file: 'release.pub', notBefore: '2026-01-01', notAfter: '2026-12-31' },
      { id: 'gate-1', role: 'gate', spki: gate.pem },
    ],
    repositories: [
      { match: 'acme/*', require: [rule] },
      {
        match: 'registry.example/mirror/digits',
        aliases: ['acme/digits'],
        require: [
          rule,
          {
            role: 'gate',
            predicateType: predicateTypes.verificationSummary,
            result: 'PASSED',
            where: { a: 1 },
            threshold: 1,
            maxAge: '90d',
          },
        ],
      },
      { match: '**', anyName: true, require: [{ role: 'publisher', predicateType: predicateTypes.cosignSign }] },
    ],
    identities: [
      { id: 'ci', role: 'trainer', roots: 'roots.pem', san: 'ci@acme.example', notAfter: '2027-01-01T00:00:00Z' },
    ],
    logs: [
      {
        origin: ORIGIN,
        vkey: verifierKey(),
        required: true,
        url: 'log',
        checkpoint,
        witnesses: { quorum: 1, vkeys: [witness] },
      },
      { origin: 'log.example/2', vkey: verifierKey(3, 'log.example/2'), url: 'https://log.example/2' },
    ],
    revocations: { source: 'revoked.json', key: { spki: revoker.pem }, maxAge: '7d' },
    algorithms: ['ecdsa-p256', 'ecdsa-p384'],
  });
  const { policy, findings } = parseTrust(text, { 'release.pub': publisher.pem, 'roots.pem': toPemText(issueRoot()) });
  expect(findings).toEqual([]);
  expect(policy).toMatchObject({
    digest: digestOf(text),
    keys: [
      {
        id: 'publisher-1',
        role: 'publisher',
        notBefore: Date.UTC(2026, 0, 1),
        notAfter: Date.UTC(2027, 0, 1) - 1,
        publicKey: { id: publisher.signer.publicKey.id },
      },
      {
        id: 'gate-1',
        role: 'gate',
        notBefore: undefined,
        notAfter: undefined,
        publicKey: { id: gate.signer.publicKey.id },
      },
    ],
    repositories: [
      {
        match: 'acme/*',
        aliases: [],
        anyName: false,
        require: [{ ...rule, result: undefined, where: {}, threshold: 1, maxAge: undefined }],
      },
      { aliases: ['acme/digits'], require: [{}, { result: 'PASSED', where: { a: 1 }, maxAge: 90 * 86_400_000 }] },
      { anyName: true },
    ],
    revocations: { source: '/beside/revoked.json', maxAge: 7 * 86_400_000, key: { id: revoker.signer.publicKey.id } },
    identities: [
      { id: 'ci', role: 'trainer', san: 'email:ci@acme.example', roots: [{}], notAfter: Date.UTC(2027, 0, 1) },
    ],
    logs: [
      { origin: ORIGIN, isRequired: true, url: '/beside/log', checkpoint, witnesses: { quorum: 1, vkeys: [witness] } },
      { isRequired: false, url: 'https://log.example/2', checkpoint: undefined, witnesses: { quorum: 0, vkeys: [] } },
    ],
    algorithms: new Set(['ecdsa-p256', 'ecdsa-p384']),
  });
  expect(parseTrust(trustYaml(keys)).policy).toMatchObject({
    revocations: undefined,
    algorithms: new Set(['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519']),
  });
});

describe('parseTrustFile() refuses', () => {
  const key = { id: 'publisher', role: 'publisher', spki: publisher.pem };
  const other = { id: 'gate', role: 'gate', spki: gate.pem };
  const repositories = [{ match: 'acme/*', require: [rule] }];
  const VSA = predicateTypes.verificationSummary;
  const pem = publisher.pem;
  const log = { origin: ORIGIN, vkey: verifierKey() };
  const witness = verifierKey(2, 'witness.example', 'cosignature');
  const identity = { id: 'ci', role: 'trainer', roots: 'roots.pem', san: 'https://ci.example' };
  test.each<readonly [string, Readonly<Record<string, unknown>>, RegExp]>([
    ['an unknown key', { repositorys: [] }, /unknown key "repositorys"; did you mean repositories\?/],
    ['an unknown key inside', { keys: [{ ...key, rol: 'x' }] }, /unknown key "rol"; did you mean role\?/],
    ['no repositories', { repositories: [] }, /at least one repository/],
    ['a repository without requirements', { repositories: [{ match: '**', require: [] }] }, /at least one requirement/],
    ['no pattern', { repositories: [{ match: 'Acme/**/x', require: [rule] }] }, /match: expected a repository/],
    ['a role of logs', { keys: [{ ...key, role: 'log' }] }, /role: expected publisher, trainer/],
    ['a key in two forms', { keys: [{ ...key, file: 'x' }] }, /exactly one of file and spki/],
    ['a key in none', { keys: [{ id: 'publisher', role: 'publisher' }] }, /exactly one of file and spki/],
    [
      'what is no key',
      { keys: [{ ...key, spki: 'x' }] },
      /keys\.0\.spki: Cannot use the key keys\.0\.spki: it is not a public key/,
    ],
    [
      'a time that is none',
      { keys: [{ ...key, notAfter: '2026-02-30' }] },
      /notAfter: expected a date or a time in UTC/,
    ],
    [
      'a window that ends first',
      { keys: [{ ...key, notBefore: '2026-02-02', notAfter: '2026-02-01' }] },
      /it ends before it begins/,
    ],
    ['one id twice', { keys: [key, { ...other, id: 'publisher' }] }, /"publisher" stands twice/],
    [
      'one id of a key and an identity',
      { keys: [key], identities: [{ id: 'publisher', role: 'gate', roots: 'r.pem', san: 'x@y.example' }] },
      /"publisher" stands twice/,
    ],
    [
      'one key in two roles',
      { keys: [key, { ...other, spki: pem }] },
      /it is the same key as publisher: one key, one role/,
    ],
    ['one pattern twice', { repositories: [...repositories, ...repositories] }, /"acme\/\*" stands twice/],
    [
      'an alias that is none',
      { repositories: [{ match: 'acme/a', aliases: ['A'], require: [rule] }] },
      /aliases\.0: expected a package name/,
    ],
    [
      'aliases of several repositories',
      { repositories: [{ match: 'acme/*', aliases: ['acme/b'], require: [rule] }] },
      /match fits several repositories/,
    ],
    [
      'a name that nothing binds',
      { repositories: [{ match: 'acme/*', require: [{ role: 'gate', predicateType: VSA, result: 'PASSED' }] }] },
      /nothing binds the name of the package/,
    ],
    [
      'a role that nobody has',
      {
        repositories: [
          { match: 'acme/*', require: [rule, { role: 'approver', predicateType: 'https://a.example/x' }] },
        ],
      },
      /no key and no identity has the role approver/,
    ],
    [
      'more keys than there are',
      { repositories: [{ match: 'acme/*', require: [{ ...rule, threshold: 2 }] }] },
      /only 1 have the role publisher/,
    ],
    [
      'a kind that can say no, without a result',
      { repositories: [{ match: 'acme/*', require: [rule, { role: 'gate', predicateType: VSA }] }] },
      /result is missing: statements of this kind can also say no/,
    ],
    [
      'a key of a kind that is not allowed',
      { algorithms: ['ecdsa-p256'] },
      /of the kind ecdsa-p384, which algorithms does not allow/,
    ],
    ['a kind of key that is none', { algorithms: ['rsa'] }, /algorithms\.0: expected ecdsa-p256/],
    [
      'a revocation key that is a publisher',
      { revocations: { source: 'r', key: { spki: pem }, maxAge: '7d' } },
      /revocations\.key: it is the key publisher/,
    ],
    [
      'a revocation key that is none',
      { revocations: { source: 'r', key: { file: 'absent' }, maxAge: '7d' } },
      /revocations\.key\.file: Cannot use the key absent/,
    ],
    [
      'a span that is none',
      { revocations: { source: 'r', key: { spki: pem }, maxAge: '7 days' } },
      /maxAge: expected a number with m, h or d/,
    ],
    ['a log that stands twice', { logs: [log, log] }, /logs\.1\.origin: "log\.example\/models" stands twice/],
    ['a key of a log that is none', { logs: [{ ...log, vkey: 'x' }] }, /logs\.0: Cannot (?:use|read) the verifier key/],
    [
      'a checkpoint that the log did not sign',
      { logs: [{ ...log, checkpoint: 'x' }] },
      /logs\.0\.checkpoint: Cannot read/,
    ],
    [
      'more witnesses than there are',
      { logs: [{ ...log, witnesses: { quorum: 2, vkeys: [witness] } }] },
      /quorum: there are only 1 of them/,
    ],
    [
      'a witness that stands twice',
      { logs: [{ ...log, witnesses: { quorum: 2, vkeys: [witness, witness] } }] },
      /vkeys\.1: it stands twice, and would count twice/,
    ],
    [
      'roots that are none',
      { identities: [{ ...identity, roots: 'absent.pem' }] },
      /identities\.0\.roots: Cannot read absent\.pem/,
    ],
    [
      'a name that no certificate has',
      { identities: [{ ...identity, san: 'a b' }] },
      /identities\.0\.san: Cannot look for the identity/,
    ],
    ['another version', { trust: 0 }, /trust: expected the version of this file: 1/],
  ])('%s', (_, members, message) => {
    const problems = problemsOf(trustYaml(keys, members));
    expect(problems.map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
    for (const { line, column, file } of problems)
      expect([file, (line ?? 0) > 0, (column ?? 0) > 0]).toEqual(['trust.yaml', true, true]);
  });

  test('several problems at once, each in its place', () => {
    const text = `trust: 1\nkeys:\n  - { id: p, role: publisher, file: absent }\nrepositories:\n  - match: acme/*\n    require:\n      - { role: gate, predicateType: https://a.example/x }\n`;
    expect(problemsOf(text).map(({ line, message }) => `${line} ${message.slice(0, 40)}`)).toEqual([
      '3 keys.0.file: Cannot use the key absent: ',
      '7 repositories.0.require.0.role: no key an',
      '7 repositories.0.require: nothing binds th',
    ]);
  });

  test('an empty file', () => {
    expect(problemsOf('')).toMatchObject([{ line: 1, message: 'expected a section of keys, found null' }]);
  });

  test('a newer major version', () => {
    expect(() => parseTrust(trustYaml(keys, { trust: 2 }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  test('and passes on what is a bug', () => {
    const text = trustYaml(keys, { keys: [{ id: 'p', role: 'publisher', file: 'x' }] });
    const read = () => {
      throw new TypeError('a bug');
    };
    expect(() => parseTrustFile(text, 'trust.yaml', { read, resolve: String })).toThrow(TypeError);
  });
});

test('one identity has one role, under however many authorities', () => {
  const san = 'https://ci.example';
  const identities = [
    { id: 'old', role: 'publisher', roots: 'old.pem', san },
    { id: 'new', role: 'publisher', roots: 'new.pem', san: `URI:${san}` },
  ];
  const files = { 'old.pem': toPemText(issueRoot('old')), 'new.pem': toPemText(issueRoot('new')) };
  expect(parseTrust(trustYaml(keys, { identities }), files).policy.identities).toHaveLength(2);
  const [first, second] = identities;
  const problems = problemsOf(trustYaml(keys, { identities: [first, { ...second, role: 'gate' }] }), files);
  expect(problems).toMatchObject([{ message: expect.stringContaining('identities.1.role: old is the same identity') }]);
});

test('a policy may believe identities alone', () => {
  const identities = [{ id: 'ci', role: 'publisher', roots: 'roots.pem', san: 'https://ci.example' }];
  const text = JSON.stringify({ trust: 1, identities, repositories: [{ match: '**', require: [rule] }] });
  expect(parseTrust(text, { 'roots.pem': toPemText(issueRoot()) }).policy).toMatchObject({
    keys: [],
    identities: [{ id: 'ci' }],
  });
});
