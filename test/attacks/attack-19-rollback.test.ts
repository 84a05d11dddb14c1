/** Attack 19: a tag is moved back to an old version that its publisher really signed; an old revocation list is served. */
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeRevocations } from '../../src/trust/revocations/list.ts';
import { demand, release } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { rulesOf, storeOf } from '../_support/verbs.ts';

const keys = { publisher: newKey() };
const { signer } = keys.publisher;
const DAY = 86_400_000;

let meeting: Meeting;
let trust: readonly string[];
beforeEach(async () => {
  meeting = await meet();
  for (const version of ['1.0.0', '1.1.0']) {
    await release(meeting.publisher, { version, signer });
    await meeting.push(`acme/digits:${version}`);
  }
  trust = ['--trust', demand(meeting.reader, keys)];
  await meeting.push('acme/digits:1.1.0', 'acme/digits:stable');
});
afterEach(() => meeting[Symbol.asyncDispose]());

describe.each(['with a policy', 'without one'])('a tag that names an older version than before, %s', (how) => {
  const words = () => (how === 'without one' ? [] : trust);

  test('is refused before anything is fetched, and named as what it is', async () => {
    expect((await meeting.pull('acme/digits:stable', ...words())).status).toBe(0);
    await meeting.push('acme/digits:1.0.0', 'acme/digits:stable');
    const before = fs.readdirSync(`${storeOf(meeting.reader)}/blobs/sha256`);
    const { status, error } = await meeting.pull('acme/digits:stable', ...words());
    expect([status, error?.code]).toEqual([1, 'NOT_TRUSTED']);
    expect(error?.message).toContain('The tag stable was version 1.1.0 before; now it is the older 1.0.0');
    expect(error?.hint).toContain('--accept-change');
    expect(fs.readdirSync(`${storeOf(meeting.reader)}/blobs/sha256`)).toEqual(before);
  });

  test('is remembered so where somebody accepts it', async () => {
    await meeting.pull('acme/digits:stable', ...words());
    await meeting.push('acme/digits:1.0.0', 'acme/digits:stable');
    const accepted = await meeting.pull('acme/digits:stable', '--accept-change', ...words());
    expect([accepted.status, rulesOf(accepted)]).toEqual([0, ['tag-rolled-back']]);
    expect(rulesOf(await meeting.pull('acme/digits:stable', ...words()))).toEqual([]);
  });
});

test('an old version that is asked for by its own name is no rollback', async () => {
  await meeting.pull('acme/digits:1.1.0', ...trust);
  const { status, output } = await meeting.pull('acme/digits:1.0.0', ...trust);
  expect([status, output?.['findings']]).toEqual([0, []]);
});

test('a version that was taken back is refused, whatever tag names it', async () => {
  const revoker = newKey('ed25519');
  const digest = String((await meeting.pull('acme/digits:1.0.0')).output?.['digest']);
  const list = {
    serial: 1,
    issuedAt: Date.now(),
    revoked: [{ kind: 'package', value: digest, since: undefined, reason: 'poisoned' } as const],
  };
  fs.writeFileSync(meeting.scratch.at('reader', 'revoked.json'), await writeRevocations(list, revoker.signer));
  const revocations = { source: 'revoked.json', key: { spki: revoker.pem }, maxAge: '7d' };
  const file = demand(meeting.reader, keys, { members: { revocations } });
  await meeting.push('acme/digits:1.0.0', 'acme/digits:old');
  const { status, error } = await meeting.pull('acme/digits:old', '--trust', file);
  expect([status, error?.message]).toEqual([1, expect.stringContaining('The package was revoked (poisoned)')]);
});

describe('a revocation list', () => {
  const revoker = newKey('ed25519');
  const verdictWith = async (list: { serial: number; age: number; signer?: typeof revoker }) => {
    const { serial, age, signer: by = revoker } = list;
    const bytes = await writeRevocations({ serial, issuedAt: Date.now() - age * DAY, revoked: [] }, by.signer);
    fs.writeFileSync(meeting.scratch.at('reader', 'revoked.json'), bytes);
    const revocations = { source: 'revoked.json', key: { spki: revoker.pem }, maxAge: '7d' };
    return meeting.pull('acme/digits:1.1.0', '--trust', demand(meeting.reader, keys, { members: { revocations } }));
  };

  test('that is older than the one before, or too old, or of another key decides nothing: neither yes nor no', async () => {
    expect((await verdictWith({ serial: 5, age: 1 })).status).toBe(0);
    for (const [list, found] of [
      [{ serial: 4, age: 0 }, 'it is a rollback: its serial is 4, and 5 was seen before'],
      [{ serial: 5, age: 0 }, 'two different lists have the serial 5'],
      [{ serial: 6, age: 8 }, 'the policy allows no older one'],
      [{ serial: 6, age: -1 }, 'which is to come'],
      [{ serial: 6, age: 0, signer: newKey() }, 'not one of the key'],
    ] as const) {
      const { status, error } = await verdictWith(list);
      expect([status, error?.code, error?.message]).toEqual([2, 'TRUST_UNDECIDED', expect.stringContaining(found)]);
    }
    expect((await verdictWith({ serial: 6, age: 0 })).status).toBe(0);
  });
});
