import { expect, test } from 'vitest';
import { FACTS, NOW, policyFor, said, summary, VSA } from '../../../test/_support/trust-cases.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import type { Attestation } from '../attestations/attestation.ts';
import { standingOf } from './standing.ts';

const keys = { publisher: newKey(), gate: newKey() };
const policy = policyFor(keys, [
  { role: 'publisher', predicateType: VSA, result: 'PASSED' },
  { role: 'gate', predicateType: VSA, result: 'PASSED' },
]);

function standing(attestation: Attestation, repository = 'acme/digits') {
  const asked = { host: undefined, repository };
  const question = {
    policy,
    package: FACTS,
    asked,
    attestations: [],
    logged: new Map(),
    revocations: undefined,
    now: NOW,
  };
  const found = standingOf(attestation, question);
  if (found === undefined) return 'of no concern';
  return 'holder' in found ? found.holder.id : found.reason;
}

test('standingOf() names who says it, where it counts for one of the requirements', async () => {
  expect(standing(await summary(keys.gate.signer))).toBe('gate');
});

test('standingOf() says why it counts for none', async () => {
  expect(standing(await summary(newKey().signer))).toBe('unknown-key');
  expect(standing(await summary(keys.gate.signer, { verificationResult: 'FAILED' }))).toBe('wrong-role');
});

test('standingOf() says nothing of what the policy does not ask for', async () => {
  expect(standing(await said(keys.gate.signer, FACTS.digest, 'https://example.com/lunch/v1', {}))).toBe(
    'of no concern',
  );
  expect(standing(await summary(keys.gate.signer), 'other/model')).toBe('of no concern');
});
