import { describe, expect, test } from 'vitest';
import {
  ask,
  at,
  DAY,
  FACTS,
  NOW,
  outcomeOf,
  policyFor,
  published,
  said,
  summary,
  VSA,
} from '../../../test/_support/trust-cases.ts';
import { newKey, PACKAGE, parseTrust, trustYaml } from '../../../test/_support/trust-files.ts';
import { digestOf } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { Revocation } from '../revocations/list.ts';

const keys = { publisher: newKey(), gate: newKey(), 'gate-2': newKey('P-384'), approver: newKey('P-521') };
const [publisher, gate, _gate2, approver] = Object.values(keys).map(({ signer }) => signer) as [S, S, S, S];
type S = (typeof keys)['publisher']['signer'];
const PASSED = { role: 'gate', predicateType: VSA, result: 'PASSED' };
const gated = policyFor(keys, [PASSED]);
const plain = policyFor(keys);
const good = [...(await published(publisher)), await summary(gate)];

describe('results and values', () => {
  const verdictOn = async (
    require: Readonly<Record<string, string | number | object>>,
    ...attestations: Attestation[]
  ) => outcomeOf(ask(policyFor(keys, [require as never]), [...(await published(publisher)), ...attestations]));

  test('a FAILED summary is no PASSED one, whoever signed it', async () => {
    const failed = await summary(gate, { verificationResult: 'FAILED' });
    expect(await verdictOn(PASSED, failed)).toBe('wrong-result');
    expect(await verdictOn(PASSED, failed, await summary(gate))).toBe('pass');
  });

  test('a summary counts for the repository that it was made for', async () => {
    for (const resourceUri of [
      'acme/digits',
      'oci://acme/digits',
      'acme/digits@sha256:abc',
      'acme/digits:1.2.0',
      'pkg:oci/digits@sha256%3Aabc?repository_url=acme/digits',
    ])
      expect([resourceUri, await verdictOn(PASSED, await summary(gate, { resourceUri }))]).toEqual([
        resourceUri,
        'pass',
      ]);
    for (const resourceUri of [
      'acme/letters',
      'r.example/acme/digits',
      'acme/digits/x',
      'pkg:oci/digits',
      'pkg:oci/letters?repository_url=acme/digits',
      'pkg:oci/digits?repository_url=acme/letters',
    ])
      expect([resourceUri, await verdictOn(PASSED, await summary(gate, { resourceUri }))]).toEqual([
        resourceUri,
        'wrong-resource',
      ]);
    const asked = { host: 'r.example:5000', repository: 'acme/digits' };
    const ofHost = await summary(gate, { resourceUri: 'r.example:5000/acme/digits' });
    expect(outcomeOf(ask(gated, [...(await published(publisher)), ofHost], { asked }))).toBe('pass');
  });

  test('an approval for another stage is none for this one', async () => {
    const require = {
      role: 'approver',
      predicateType: predicateTypes.approval,
      result: 'approved',
      where: { toStage: 'production' },
    };
    const approval = (predicate: object) =>
      said(approver, FACTS.digest, predicateTypes.approval, {
        decision: 'approved',
        toStage: 'production',
        ...predicate,
      });
    expect(await verdictOn(require, await approval({}))).toBe('pass');
    expect(await verdictOn(require, await approval({ toStage: 'staging' }))).toBe('wrong-value');
    expect(await verdictOn(require, await approval({ toStage: null }))).toBe('wrong-value');
    expect(await verdictOn(require, await approval({ decision: 'rejected' }))).toBe('wrong-result');
    expect(await verdictOn(require, await approval({ decision: 1 }))).toBe('wrong-result');
    expect(await verdictOn(require, await approval({ resourceUri: 7 }))).toBe('malformed');
    expect(await verdictOn(require, await approval({ resourceUri: 'acme/letters' }))).toBe('wrong-resource');
    expect(await verdictOn({ ...require, where: { constructor: 'x' } }, await approval({}))).toBe('wrong-value');
  });

  test('of kinds that are not known here the result is in result', async () => {
    const require = { role: 'approver', predicateType: 'https://example.com/check/v1', result: 'fine' };
    expect(
      await verdictOn(require, await said(approver, FACTS.digest, 'https://example.com/check/v1', { result: 'fine' })),
    ).toBe('pass');
    expect(await verdictOn(require, await said(approver, FACTS.digest, 'https://example.com/check/v1', {}))).toBe(
      'wrong-result',
    );
  });
});

describe('time', () => {
  const require = { role: 'approver', predicateType: 'https://example.com/check/v1' };
  const say = (predicate: object) => said(approver, FACTS.digest, 'https://example.com/check/v1', { ...predicate });
  const verdictOn = async (predicate: object, more: object = {}) =>
    outcomeOf(ask(policyFor(keys, [{ ...require, ...more }]), [...(await published(publisher)), await say(predicate)]));

  test.each<readonly [string, object, object]>([
    ['pass', {}, {}],
    ['pass', { issuedAt: at(-3), notBefore: at(-2), expiresAt: at(1) }, { maxAge: '4d' }],
    ['pass', { expires: null }, {}],
    ['too-old', { issuedAt: at(-3) }, { maxAge: '2d' }],
    ['too-old', {}, { maxAge: '2d' }],
    ['too-old', { issuedAt: at(-1), timeVerified: at(-3) }, { maxAge: '2d' }],
    ['not-yet-valid', { notBefore: at(1) }, {}],
    ['expired', { expires: at(1), expiresAt: at(-1) }, {}],
    ['malformed', { expires: 'soon' }, {}],
    ['malformed', { issuedAt: 5 }, {}],
    ['malformed', { issuedAt: '2026-02-31T00:00:00Z' }, {}],
    ['malformed', { issuedAt: '2026-02-01T00:00:00' }, {}],
  ])('%s: %j with %j', async (outcome, predicate, more) => {
    expect(await verdictOn(predicate, more)).toBe(outcome);
  });

  const windowed = (window: object) =>
    parseTrust(
      trustYaml(
        {},
        {
          keys: [{ id: 'publisher', role: 'publisher', spki: keys.publisher.pem, ...window }],
          repositories: [{ match: 'acme/*', require: [{ role: 'publisher', predicateType: PACKAGE }] }],
        },
      ),
    ).policy;
  const seen = (days: number) =>
    new Map(good.map(({ bundle }) => [bundle?.digest as never, [{ origin: 'log.example', seen: [NOW + days * DAY] }]]));

  test('a key holds in its time, by the clock of whoever verifies', () => {
    expect(outcomeOf(ask(windowed({ notAfter: '2026-11-28' }), good))).toBe('pass');
    // The statement says that it was made before: a thief of the key would say so too.
    expect(outcomeOf(ask(windowed({ notAfter: '2026-11-27T00:00:00Z' }), good))).toBe('expired');
    expect(outcomeOf(ask(windowed({ notBefore: '2026-11-28' }), good))).toBe('not-yet-valid');
    expect(outcomeOf(ask(windowed({ notBefore: '2026-11-27' }), good))).toBe('not-yet-valid');
    expect(outcomeOf(ask(windowed({ notBefore: '2026-11-26' }), good))).toBe('pass');
  });

  test('witnesses prove that it was used in its time', () => {
    const policy = windowed({ notBefore: '2026-11-20', notAfter: '2026-11-26T23:00:00Z' });
    expect(outcomeOf(ask(policy, good))).toBe('expired');
    expect(outcomeOf(ask(policy, good, { logged: seen(-1) }))).toBe('pass');
    expect(outcomeOf(ask(policy, good, { logged: seen(-0.1) }))).toBe('expired');
    expect(outcomeOf(ask(policy, good, { logged: seen(-10) }))).toBe('not-yet-valid');
  });
});

describe('revocation', () => {
  const list = (...revoked: Partial<Revocation>[]) => ({
    serial: 1,
    issuedAt: NOW,
    revoked: revoked.map(
      (entry) => ({ kind: 'key', value: '', since: undefined, reason: undefined, ...entry }) as Revocation,
    ),
  });
  const key = publisher.publicKey.id;
  const logged = (days: number) =>
    new Map(good.map(({ bundle }) => [bundle?.digest as never, [{ origin: 'log.example', seen: [NOW + days * DAY] }]]));

  test('takes back a key, a statement, a package', () => {
    const outcome = (entry: Partial<Revocation>) =>
      outcomeOf(ask(plain, good, { revocations: list({ value: 'other' }, entry) }));
    expect(outcome({ value: key })).toBe('revoked');
    expect(outcome({ value: key, reason: 'stolen', since: NOW - DAY })).toBe('revoked');
    expect(outcome({ kind: 'statement', value: good[1]?.bundle?.digest ?? '' })).toBe('revoked');
    expect(outcome({ kind: 'package', value: FACTS.digest, reason: 'poisoned' })).toBe('package-revoked');
    expect(outcome({ kind: 'package', value: digestOf('other') })).toBe('pass');
    expect(outcome({ kind: 'statement', value: digestOf('other') })).toBe('pass');
  });

  test('spares what witnesses saw before the key was stolen, and nothing else', () => {
    const revocations = list({ value: key, since: NOW - 2 * DAY });
    expect(outcomeOf(ask(plain, good, { revocations, logged: logged(-3) }))).toBe('pass');
    expect(outcomeOf(ask(plain, good, { revocations, logged: logged(-1) }))).toBe('revoked');
    expect(outcomeOf(ask(plain, good, { revocations: list({ value: key }), logged: logged(-3) }))).toBe('revoked');
  });
});
