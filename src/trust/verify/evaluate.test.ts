import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedBundle } from '../../../test/_support/statements.ts';
import {
  ask,
  at,
  attestationOf,
  FACTS,
  filesSigned,
  NOW,
  outcomeOf,
  policyFor,
  published,
  said,
  summary,
  VSA,
} from '../../../test/_support/trust-cases.ts';
import { newKey, PACKAGE, parseTrust, trustYaml } from '../../../test/_support/trust-files.ts';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import { predicateTypes } from '../predicate-types.ts';
import { signStatement } from '../sign-statement.ts';

const keys = { publisher: newKey(), gate: newKey(), 'gate-2': newKey('P-384'), approver: newKey('P-521') };
const [publisher, gate, gate2, _approver] = Object.values(keys).map(({ signer }) => signer) as [S, S, S, S];
type S = (typeof keys)['publisher']['signer'];
const stranger = newKey().signer;
const PASSED = { role: 'gate', predicateType: VSA, result: 'PASSED' };
const gated = policyFor(keys, [PASSED]);
const plain = policyFor(keys);
const good = [...(await published(publisher)), await summary(gate)];

test('evaluate() passes what carries all that its rule asks for, and says by whom', () => {
  const verdict = ask(gated, good);
  expect(outcomeOf(verdict)).toBe('pass');
  expect(verdict).toMatchObject({
    match: 'acme/*',
    policy: gated.digest,
    findings: [],
    requirements: [
      {
        isSatisfied: true,
        refused: [],
        by: [{ holder: 'publisher', keyId: publisher.publicKey.id, statement: good[1]?.bundle?.digest }],
      },
      { isSatisfied: true, refused: [], by: [{ holder: 'gate', keyId: gate.publicKey.id }] },
    ],
  });
});

test('evaluate() takes nothing for enough', () => {
  expect(outcomeOf(ask(gated, []))).toBe('missing missing');
  expect(outcomeOf(ask(gated, good, { asked: { host: undefined, repository: 'other/digits' } }))).toBe('no-trust-rule');
  const [finding] = ask(gated, good, { asked: { host: 'r.example', repository: 'other/digits' } }).findings;
  expect(finding?.message).toBe('No rule of the policy fits r.example/other/digits');
});

describe('a statement does not count', () => {
  const cases: Readonly<Record<string, readonly [string, () => Promise<readonly Attestation[]>]>> = {
    'of a stranger': ['unknown-key', () => published(stranger)],
    'by a key of another role': ['wrong-role', () => published(gate)],
    'about another package': [
      'wrong-subject',
      () => published(publisher, { facts: { ...FACTS, digest: digestOf('other') } }),
    ],
    'under another name': ['wrong-name', () => published(publisher, { predicate: { name: 'acme/letters' } })],
    'of another version': ['wrong-files', () => published(publisher, { predicate: { version: '1.1.0' } })],
    'over another list of files': [
      'wrong-files',
      () => published(publisher, { predicate: { setDigest: digestOf('x') } }),
    ],
    'with another root': ['wrong-files', () => published(publisher, { predicate: { omsRoot: '0'.repeat(64) } })],
    'without the signature over the files': ['wrong-files', async () => (await published(publisher)).slice(1)],
    'with a signature over other files': [
      'wrong-files',
      async () => {
        const files = await filesSigned(publisher, { ...FACTS, files: new Map([['a', digestOf('a')]]) });
        const omsRoot = files.statement?.subjects[0]?.digest['sha256'] ?? '';
        const [, statement] = await published(publisher, {
          predicate: { omsRoot, omsBundle: files.bundle?.digest ?? '' },
        });
        return [files, statement as Attestation];
      },
    ],
    'with a signature over the files by another key': [
      'wrong-files',
      async () => {
        const files = await filesSigned(stranger);
        const [, statement] = await published(publisher, { predicate: { omsBundle: files.bundle?.digest ?? '' } });
        return [files, statement as Attestation];
      },
    ],
    'with something else in the place of that signature': [
      'wrong-files',
      async () => {
        const other = await said(publisher, FACTS.digest, 'https://example.com/x', {});
        const [, statement] = await published(publisher, { predicate: { omsBundle: other.bundle?.digest ?? '' } });
        return [other, statement as Attestation];
      },
    ],
    'without a member': [
      'malformed',
      async () => [await said(publisher, FACTS.digest, PACKAGE, { name: 'acme/digits' })],
    ],
    'about two packages': [
      'malformed',
      async () => {
        const [files, statement] = await published(publisher);
        const value = JSON.parse(String(statement?.bundle?.envelope.payload));
        value.subject.push({ name: 'b', digest: { sha256: digestOf('b').slice(7) } });
        const bytes = await signStatement(publisher, Buffer.from(JSON.stringify(value)));
        return [files as Attestation, await attestationOf(bytes)];
      },
    ],
    'that has expired': ['expired', () => published(publisher, { predicate: { expires: at(-0.5) } })],
    'that is to come': ['not-yet-valid', () => published(publisher, { predicate: { issuedAt: at(0.5) } })],
  };
  test.each(Object.entries(cases))('%s', async (_, [outcome, make]) => {
    expect(outcomeOf(ask(plain, await make()))).toBe(outcome);
  });

  test('whose signature is not of the key that it names', async () => {
    const [files, statement] = await published(publisher);
    const bundle = JSON.parse(String(statement?.bundle?.bytes));
    bundle.verificationMaterial.publicKey.hint = gate.publicKey.id;
    const forged = await attestationOf(Buffer.from(JSON.stringify(bundle)));
    expect(outcomeOf(ask(plain, [files as Attestation, forged]))).toBe('bad-signature');
  });

  test('that cannot be read, and says so only where it is said to be of the kind', () => {
    const problem = new WaybillError('BUNDLE_INVALID', 'Cannot read it: junk');
    const referrer = good[0]?.referrer as Attestation['referrer'];
    const broken = (hint?: string): Attestation => ({ referrer, source: 'bundle', hint, problem });
    expect(outcomeOf(ask(plain, [broken(PACKAGE)]))).toBe('malformed');
    expect(outcomeOf(ask(plain, [broken('https://example.com/x'), broken()]))).toBe('missing');
    expect(outcomeOf(ask(plain, [broken(PACKAGE), ...good]))).toBe('pass');
    expect(outcomeOf(ask(plain, [{ referrer, source: 'bundle', hint: PACKAGE }]))).toBe('missing');
  });

  test('where the package calls itself otherwise', async () => {
    const other = { ...FACTS, name: 'acme/letters' };
    expect(outcomeOf(ask(plain, good, { package: other }))).toBe('wrong-name');
    expect(outcomeOf(ask(plain, good, { package: { ...FACTS, name: undefined, version: undefined } }))).toBe('pass');
  });
});

test('an alias of the policy is another name, for the repository that it is said of', async () => {
  const repositories = [
    { match: 'mirror/acme-digits', aliases: ['acme/digits'], require: [{ role: 'publisher', predicateType: PACKAGE }] },
    { match: 'mirror/*', require: [{ role: 'publisher', predicateType: PACKAGE }] },
    { match: 'any/*', anyName: true, require: [{ role: 'publisher', predicateType: PACKAGE }] },
  ];
  const { policy } = parseTrust(trustYaml(keys, { repositories }));
  const outcome = (repository: string) => outcomeOf(ask(policy, good, { asked: { host: 'r.example', repository } }));
  expect([outcome('mirror/acme-digits'), outcome('mirror/digits'), outcome('any/thing')]).toEqual([
    'pass',
    'wrong-name',
    'pass',
  ]);
});

describe('thresholds', () => {
  const two = policyFor(keys, [{ ...PASSED, threshold: 2 }]);

  test('count different keys', async () => {
    const one = [...(await published(publisher)), await summary(gate), await summary(gate, { verifiedLevels: ['A'] })];
    expect(ask(two, one).requirements[1]).toMatchObject({ isSatisfied: false, by: [{ holder: 'gate' }], refused: [] });
    expect(ask(two, one).findings[0]?.message).toContain('by 2 different keys of gate: only 1 of 2');
    expect(outcomeOf(ask(two, [...one, await summary(gate2)]))).toBe('pass');
  });
});

test('what is attached a hundred times is one statement', async () => {
  const failed = await summary(gate, { verificationResult: 'FAILED' });
  expect(ask(gated, [...good, ...Array(100).fill(failed)]).requirements[1]?.refused).toHaveLength(1);
});

test('cosign signatures from before version 3 are of the kind that its bundles have', async () => {
  const policy = policyFor(keys, [{ role: 'gate', predicateType: predicateTypes.cosignSign }]);
  const payload = Buffer.from('a payload');
  const simpleSigning = {
    payload,
    signature: Buffer.from(await gate.sign(payload)),
    material: { kind: 'key', hint: undefined },
    digest: FACTS.digest,
    reference: undefined,
    optional: {},
  } as const;
  const referrer = good[0]?.referrer as Attestation['referrer'];
  const legacy: Attestation = { referrer, source: 'cosign-signature', hint: undefined, simpleSigning };
  const verdict = ask(policy, [...good, legacy]);
  expect(outcomeOf(verdict)).toBe('pass');
  expect(verdict.requirements[1]?.by[0]?.statement).toBe(referrer.digest);
  expect(
    outcomeOf(ask(policy, [...good, { ...legacy, simpleSigning: { ...simpleSigning, digest: digestOf('x') } }])),
  ).toBe('wrong-subject');
});

test('evaluate(): no statement that is taken away ever turns a no into a yes', async () => {
  const noise = [
    await summary(gate, { verificationResult: 'FAILED' }),
    await summary(stranger),
    await summary(publisher),
    ...(await published(stranger)),
    await said(gate, FACTS.digest, 'https://example.com/x', {}),
    await attestationOf(await signedBundle(gate2, digestOf('other'), VSA)),
    await summary(gate2, { expires: at(-1) }),
  ];
  const all = [...good, await summary(gate2), ...noise];
  const policies = [
    plain,
    gated,
    policyFor(keys, [{ ...PASSED, threshold: 2 }]),
    policyFor(keys, [
      { ...PASSED, maxAge: '30d' },
      { role: 'approver', predicateType: VSA, result: 'PASSED' },
    ]),
  ];
  const lists = [
    undefined,
    {
      serial: 1,
      issuedAt: NOW,
      revoked: [{ kind: 'key', value: gate.publicKey.id, since: undefined, reason: undefined } as const],
    },
  ];
  const passes: boolean[] = [];
  fc.assert(
    fc.property(
      fc.subarray(all),
      fc.constantFrom(...policies),
      fc.constantFrom(...lists),
      fc.infiniteStream(fc.boolean()),
      (some, policy, revocations, isKept) => {
        const before = ask(policy, some, { revocations });
        const after = ask(
          policy,
          some.filter(() => isKept.next().value),
          { revocations },
        );
        if (after.verdict === 'pass') expect(before.verdict).toBe('pass');
        passes.push(before.verdict === 'pass');
      },
    ),
    { numRuns: 600 },
  );
  expect(new Set(passes)).toEqual(new Set([true, false]));
});
