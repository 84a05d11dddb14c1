/** Attack 39: a key that was rotated out, has expired or was stolen signs again, and dates it back. */
import fs from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { writeRevocations } from '../../src/trust/revocations/list.ts';
import { demand, release } from '../_support/publishing.ts';
import { newKey, PACKAGE } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb } from '../_support/verbs.ts';

const [old, current, revoker] = [newKey(), newKey(), newKey('ed25519')];
const DAY = 86_400_000;
const NOW = Date.now();
const day = (offset: number) => new Date(NOW + offset * DAY).toISOString();

let meeting: Meeting;
beforeEach(async () => {
  meeting = await meet();
  return () => meeting[Symbol.asyncDispose]();
});

const outcomes = async (members: object) => {
  const repositories = [{ match: 'acme/*', require: [{ role: 'publisher', predicateType: PACKAGE }] }];
  const trust = ['--trust', demand(meeting.publisher, {}, { members: { repositories, ...members } })];
  const result = await runVerb(['verify', 'acme/digits:1.0.0', ...trust], { ...meeting.publisher, now: NOW });
  return [result.status, ...requirementsOf(result)];
};
const keyed = (id: string, { pem }: typeof old, window: object = {}) => ({
  id,
  role: 'publisher',
  spki: pem,
  ...window,
});

test('a key that has expired is not revived by an early date in the statement', async () => {
  await release({ ...meeting.publisher, now: NOW - 100 * DAY }, { signer: old.signer });
  expect(await outcomes({ keys: [keyed('old', old, { notAfter: day(-50) })] })).toEqual([1, 'expired']);
  expect(await outcomes({ keys: [keyed('old', old, { notAfter: day(50) })] })).toEqual([0, 'satisfied']);
});

test('a key does not sign for a time before it was given out', async () => {
  await release({ ...meeting.publisher, now: NOW - 100 * DAY }, { signer: current.signer });
  expect(await outcomes({ keys: [keyed('current', current, { notBefore: day(-10) })] })).toEqual([1, 'not-yet-valid']);
});

test('a key that was taken out of the policy signs in vain, one beside it goes on', async () => {
  await release(meeting.publisher, { signer: old.signer });
  expect(await outcomes({ keys: [keyed('current', current)] })).toEqual([1, 'unknown-key']);
  expect(await outcomes({ keys: [keyed('old', old), keyed('current', current)] })).toEqual([0, 'satisfied']);
});

test('a stolen key is taken back by the list, whatever its statements say of their time', async () => {
  await release({ ...meeting.publisher, now: NOW - 100 * DAY }, { signer: old.signer });
  const revoke = async (since: number | undefined) => {
    const revoked = [{ kind: 'key', value: old.signer.publicKey.id, since, reason: undefined } as const];
    const bytes = await writeRevocations({ serial: 1, issuedAt: NOW, revoked }, revoker.signer);
    const name = `revoked-${since}.json`;
    fs.writeFileSync(meeting.scratch.at('publisher', name), bytes);
    fs.rmSync(meeting.scratch.at('publisher', 'data'), { recursive: true, force: true });
    return outcomes({
      keys: [keyed('old', old)],
      revocations: { source: name, key: { spki: revoker.pem }, maxAge: '7d' },
    });
  };
  expect(await revoke(undefined)).toEqual([1, 'revoked']);
  // It says that it was signed before the theft; no witness has seen that.
  expect(await revoke(NOW - 50 * DAY)).toEqual([1, 'revoked']);
});

test('a stolen key cannot take its own revocation back', async () => {
  await release(meeting.publisher, { signer: old.signer });
  fs.writeFileSync(
    meeting.scratch.at('publisher', 'r.json'),
    await writeRevocations({ serial: 9, issuedAt: NOW, revoked: [] }, old.signer),
  );
  const revocations = { source: 'r.json', key: { spki: revoker.pem }, maxAge: '7d' };
  expect(await outcomes({ keys: [keyed('old', old)], revocations })).toEqual([2]);
  const own = { source: 'r.json', key: { spki: old.pem }, maxAge: '7d' };
  expect(await outcomes({ keys: [keyed('old', old)], revocations: own })).toEqual([2]);
});
