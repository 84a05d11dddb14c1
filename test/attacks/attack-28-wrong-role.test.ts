/** Attack 28: a valid key speaks for a role that is not its own. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { demand, GATED, release, signAsPublisher, state } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb } from '../_support/verbs.ts';

const keys = { publisher: newKey(), gate: newKey(), evaluator: newKey(), approver: newKey() };
const signerOf = (role: keyof typeof keys) => keys[role].signer;
const APPROVED = { role: 'approver', predicateType: predicateTypes.approval, result: 'approved' };

let meeting: Meeting;
let target: Descriptor;
beforeEach(async () => {
  meeting = await meet();
  target = await release(meeting.publisher, { signer: signerOf('publisher') });
  return () => meeting[Symbol.asyncDispose]();
});

const outcomes = async (...require: readonly (typeof GATED)[]) => {
  const result = await runVerb(
    ['verify', 'acme/digits:1.0.0', '--trust', demand(meeting.publisher, keys, { require })],
    meeting.publisher,
  );
  return [result.status, ...requirementsOf(result)];
};

describe('a key of another role', () => {
  test.each(['publisher', 'evaluator', 'approver'] as const)('cannot speak for the gate: %s', async (role) => {
    await state(meeting.publisher, target, signerOf(role));
    expect(await outcomes(GATED)).toEqual([1, 'satisfied', 'wrong-role']);
    await state(meeting.publisher, target, signerOf('gate'));
    expect(await outcomes(GATED)).toEqual([0, 'satisfied', 'satisfied']);
  });

  test('cannot approve', async () => {
    const predicate = { decision: 'approved' };
    await state(meeting.publisher, target, signerOf('evaluator'), { type: predicateTypes.approval, predicate });
    expect(await outcomes(APPROVED)).toEqual([1, 'satisfied', 'wrong-role']);
  });

  test('cannot publish: whoever may gate is not who may sign', async () => {
    const other = await release(meeting.publisher, { version: '2.0.0' });
    await signAsPublisher(meeting.publisher, other, signerOf('gate'));
    const trust = ['--trust', demand(meeting.publisher, keys)];
    const result = await runVerb(['verify', 'acme/digits:2.0.0', ...trust], meeting.publisher);
    expect([result.status, ...requirementsOf(result)]).toEqual([1, 'wrong-role']);
  });
});
