/** Attack 29: a statement of one kind, or one that says no, is taken for another. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import { predicateTypes } from '../../src/trust/predicate-types.ts';
import { demand, GATED, release, state } from '../_support/publishing.ts';
import { signedBundle } from '../_support/statements.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb, storeOf } from '../_support/verbs.ts';

const keys = { publisher: newKey(), gate: newKey(), evaluator: newKey(), approver: newKey() };
const signerOf = (role: keyof typeof keys) => keys[role].signer;

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

describe('a statement of another kind by the right key', () => {
  test.each([predicateTypes.testResult, predicateTypes.cosignSign, predicateTypes.gateFailed, 'https://example.com/x'])(
    'is no gate: %s',
    async (type) => {
      await state(meeting.publisher, target, signerOf('gate'), {
        type,
        predicate: { result: 'PASSED', configuration: [] },
      });
      expect(await outcomes(GATED)).toEqual([1, 'satisfied', 'missing']);
    },
  );

  test('is no gate when it says FAILED, alone or beside a PASSED one of another key', async () => {
    await state(meeting.publisher, target, signerOf('gate'), { predicate: { verificationResult: 'FAILED' } });
    await state(meeting.publisher, target, signerOf('evaluator'));
    const [status, , outcome] = await outcomes(GATED);
    expect(status).toBe(1);
    expect(['wrong-result', 'wrong-role']).toContain(outcome);
  });

  test('is none whatever the annotation of its referrer says', async () => {
    const bytes = await signedBundle(signerOf('gate'), target.digest, 'https://example.com/x', {
      verificationResult: 'PASSED',
    });
    {
      await using store = await openLayout(storeOf(meeting.publisher), 'write');
      await attach(store, target, bytes, predicateTypes.verificationSummary, new Date());
    }
    expect(await outcomes(GATED)).toEqual([1, 'satisfied', 'missing']);
  });
});
