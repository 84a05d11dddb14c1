/** Attack 30: an old approval or gate is used again, for another package, another repository, another stage, or too late. */
import { beforeEach, expect, test } from 'vitest';
import type { JsonValue } from '../../src/base/canonical-json.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { demand, GATED, release, state } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb } from '../_support/verbs.ts';

const keys = { publisher: newKey(), gate: newKey(), approver: newKey() };
const DAY = 86_400_000;
const NOW = Date.now();
const APPROVED = {
  role: 'approver',
  predicateType: predicateTypes.approval,
  result: 'approved',
  where: { toStage: 'production' },
};

let meeting: Meeting;
let target: Descriptor;
beforeEach(async () => {
  meeting = await meet();
  target = await release(meeting.publisher, { signer: keys.publisher.signer });
  return () => meeting[Symbol.asyncDispose]();
});

const outcomeOf = async (
  require: Readonly<Record<string, JsonValue>>,
  { reference = 'acme/digits:1.0.0', now = NOW } = {},
) => {
  const trust = ['--trust', demand(meeting.publisher, keys, { require: [require] })];
  const result = await runVerb(['verify', reference, ...trust], { ...meeting.publisher, now });
  return [result.status, requirementsOf(result)[1]];
};
const approve = (predicate: object = {}, about = target) =>
  state(meeting.publisher, target, keys.approver.signer, {
    type: predicateTypes.approval,
    predicate: {
      decision: 'approved',
      toStage: 'production',
      resourceUri: 'acme/digits',
      expiresAt: new Date(NOW + 10 * DAY).toISOString(),
      ...predicate,
    },
    about,
  });

test('an approval counts for its package, its stage and its repository, until it expires', async () => {
  await approve();
  expect(await outcomeOf(APPROVED)).toEqual([0, 'satisfied']);
  expect(await outcomeOf(APPROVED, { now: NOW + 11 * DAY })).toEqual([1, 'expired']);
  expect(await outcomeOf({ ...APPROVED, where: { toStage: 'staging' } })).toEqual([1, 'wrong-value']);
});

test.each<readonly [string, object]>([
  ['wrong-resource', { resourceUri: 'acme/letters' }],
  ['wrong-value', { toStage: 'staging' }],
  ['wrong-result', { decision: 'rejected' }],
  ['expired', { expiresAt: '2026-01-01T00:00:00Z' }],
  ['not-yet-valid', { notBefore: new Date(NOW + DAY).toISOString() }],
  ['malformed', { expiresAt: 'never' }],
])('%s: an approval with %j', async (reason, predicate) => {
  await approve(predicate);
  expect(await outcomeOf(APPROVED)).toEqual([1, reason]);
});

test('an approval of the version before is attached to the next one', async () => {
  const next = await release(meeting.publisher, { version: '1.1.0', signer: keys.publisher.signer });
  await state(meeting.publisher, next, keys.approver.signer, {
    type: predicateTypes.approval,
    predicate: { decision: 'approved', toStage: 'production' },
    about: target,
  });
  expect(await outcomeOf(APPROVED, { reference: 'acme/digits:1.1.0' })).toEqual([1, 'wrong-subject']);
});

test('a gate that let it through long ago does so no more', async () => {
  await state({ ...meeting.publisher, now: NOW - 100 * DAY }, target, keys.gate.signer);
  expect(await outcomeOf(GATED)).toEqual([0, 'satisfied']);
  expect(await outcomeOf({ ...GATED, maxAge: '90d' })).toEqual([1, 'too-old']);
});

test('the bare name of a package under another name does not make it that one', async () => {
  await state(meeting.publisher, target, keys.gate.signer);
  expect((await runVerb(['tag', 'acme/digits:1.0.0', 'acme/letters:1.0.0'], meeting.publisher)).status).toBe(0);
  const trust = ['--trust', demand(meeting.publisher, keys, { require: [GATED] })];
  const result = await runVerb(['verify', 'acme/letters:1.0.0', ...trust], meeting.publisher);
  expect([result.status, ...requirementsOf(result)]).toEqual([1, 'wrong-name', 'wrong-resource']);
});
