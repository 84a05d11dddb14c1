/** Attack 25: the signatures are taken away, or the registry does not tell of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demand, GATED, release, state } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { requirementsOf, runVerb } from '../_support/verbs.ts';

const keys = { publisher: newKey(), gate: newKey() };
let meeting: Meeting;
let words: readonly string[];
beforeEach(async () => {
  meeting = await meet();
  const target = await release(meeting.publisher, { signer: keys.publisher.signer });
  await state(meeting.publisher, target, keys.gate.signer);
  await meeting.push('acme/digits:1.0.0');
  words = [
    'verify',
    `${meeting.registry.host}/acme/digits:1.0.0`,
    '--trust',
    demand(meeting.reader, keys, { require: [GATED] }),
  ];
});
afterEach(() => meeting[Symbol.asyncDispose]());

const referrers = () =>
  [...meeting.registry.manifests].filter(([key, { bytes }]) => key.includes('sha256:') && bytes.includes('"subject"'));

test('with all that was attached it passes, and each that is deleted is missed', async () => {
  expect((await runVerb(words, meeting.reader)).status).toBe(0);
  const all = referrers();
  expect(all).toHaveLength(3);
  for (const [key, stored] of all) {
    meeting.registry.manifests.delete(key);
    const result = await runVerb(words, meeting.reader);
    expect([result.status, requirementsOf(result).some((outcome) => outcome !== 'satisfied')]).toEqual([1, true]);
    meeting.registry.manifests.set(key, stored);
  }
  for (const [key] of all) meeting.registry.manifests.delete(key);
  const result = await runVerb(words, meeting.reader);
  expect([result.status, requirementsOf(result)]).toEqual([1, ['missing', 'missing']]);
});

test('a registry without the referrers API, and without an index in its place, has nothing attached: not enough', async () => {
  meeting.registry.faults.hasNoReferrers = true;
  const result = await runVerb(words, meeting.reader);
  expect([result.status, requirementsOf(result)]).toEqual([1, ['missing', 'missing']]);
});

test('a registry that fails when it is asked what is attached has not said that there is nothing', async () => {
  Object.defineProperty(meeting.registry.faults, 'hasNoReferrers', {
    get() {
      throw new Error('the line breaks');
    },
  });
  const { status, error, output } = await runVerb(words, meeting.reader);
  expect([status, output, error?.code]).toEqual([2, undefined, 'REGISTRY_UNAVAILABLE']);
});

test('a bundle that the registry has lost is no statement', async () => {
  const [digest] = [...meeting.registry.blobs].find(([, bytes]) => bytes.includes('dsseEnvelope')) ?? [];
  meeting.registry.blobs.delete(String(digest));
  const result = await runVerb(words, meeting.reader);
  expect([result.status, result.output?.['verdict'] ?? 'fail']).toEqual([1, 'fail']);
});
