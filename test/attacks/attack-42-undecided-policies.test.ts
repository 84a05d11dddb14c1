/** Attack 42: whatever goes wrong while a policy is applied is never a yes, and nothing is said to be good before it is known. */
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeRevocations } from '../../src/trust/revocations/list.ts';
import { runCli } from '../_support/cli.ts';
import { demand, release } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { runVerb, storeOf } from '../_support/verbs.ts';

const keys = { publisher: newKey() };
const revoker = newKey('ed25519');
let meeting: Meeting;
beforeAll(async () => {
  meeting = await meet();
  await release(meeting.publisher, { signer: keys.publisher.signer });
});
afterAll(() => meeting[Symbol.asyncDispose]());

const place = (name: string) => meeting.scratch.at('publisher', name);
const verify = (file: string, ...words: readonly string[]) =>
  runVerb(['verify', 'acme/digits:1.0.0', '--trust', file, ...words], meeting.publisher);

describe('a policy that cannot be applied is exit status 2', () => {
  const cases: Readonly<Record<string, readonly [string, () => string | Promise<string>]>> = {
    'that is not there': ['FILE_UNREADABLE', () => place('none.yaml')],
    'that is a folder': ['FILE_UNREADABLE', () => meeting.publisher.folder],
    'that is empty': [
      'TRUST_FILE_INVALID',
      () => {
        fs.writeFileSync(place('empty.yaml'), '');
        return place('empty.yaml');
      },
    ],
    'that is cut short': [
      'TRUST_FILE_INVALID',
      () => {
        const file = demand(meeting.publisher, keys);
        fs.truncateSync(file, fs.statSync(file).size - 10);
        return file;
      },
    ],
    'whose revocation list is not there': ['TRUST_UNDECIDED', () => revoking('none.json')],
    'whose revocation list cannot be fetched': ['TRUST_UNDECIDED', () => revoking('https://127.0.0.1:1/revoked.json')],
    'whose revocation list comes over plain http': [
      'TRUST_UNDECIDED',
      () => revoking('http://example.com/revoked.json'),
    ],
    'whose revocation list is not found where it should be': [
      'TRUST_UNDECIDED',
      () => revoking(`${meeting.registry.origin}/v2/x/blobs/y`),
    ],
    'whose revocation list is junk': [
      'TRUST_UNDECIDED',
      () => {
        fs.writeFileSync(place('junk.json'), '{}');
        return revoking('junk.json');
      },
    ],
  };
  const revoking = (source: string) =>
    demand(meeting.publisher, keys, { members: { revocations: { source, key: { spki: revoker.pem }, maxAge: '7d' } } });
  test.each(Object.entries(cases))('%s', async (_, [code, make]) => {
    const file = await make();
    const { status, error, output } = await verify(file);
    expect([status, error?.code, output]).toEqual([2, code, undefined]);
    const unpacked = await runVerb(
      ['unpack', 'acme/digits:1.0.0', meeting.scratch.at('out'), '--trust', file],
      meeting.publisher,
    );
    expect([unpacked.status, fs.existsSync(meeting.scratch.at('out'))]).toEqual([2, false]);
  });

  test('that is required to have a memory, where there is none', async () => {
    const bytes = await writeRevocations({ serial: 1, issuedAt: Date.now(), revoked: [] }, revoker.signer);
    fs.writeFileSync(place('revoked.json'), bytes);
    const file = revoking('revoked.json');
    expect((await verify(file, '--require-memory')).error?.code).toBe('TRUST_UNDECIDED');
    expect((await verify(file)).status).toBe(0);
    expect((await verify(file, '--require-memory')).status).toBe(0);
    const { status, error } = await runVerb(['verify', 'acme/digits:1.0.0', '--require-memory'], meeting.publisher);
    expect([status, error?.code]).toEqual([2, 'USAGE']);
  });

  test('and a repository that was never seen is not known by heart', async () => {
    await meeting.push('acme/digits:1.0.0');
    const trust = ['--trust', demand(meeting.reader, keys)];
    const strict = await meeting.pull('acme/digits:1.0.0', ...trust, '--require-memory');
    expect([strict.status, strict.error?.code]).toEqual([2, 'TRUST_UNDECIDED']);
    expect((await meeting.pull('acme/digits:1.0.0', ...trust)).status).toBe(0);
    expect((await meeting.pull('acme/digits:1.0.0', ...trust, '--require-memory')).status).toBe(0);
    expect((await meeting.pull('acme/digits:1.0.0', '--require-memory')).error?.code).toBe('USAGE');
  });
});

test('WAYBILL_TRUST is the policy where none is named, and cannot be forgotten', async () => {
  const environment = { WAYBILL_TRUST: demand(meeting.publisher, { publisher: newKey() }) };
  const words = ['unpack', 'acme/digits:1.0.0', meeting.scratch.at('refused')];
  expect((await runVerb(words, { ...meeting.publisher, environment })).error?.code).toBe('NOT_TRUSTED');
  const good = ['--trust', demand(meeting.publisher, keys)];
  expect((await runVerb([...words, ...good], { ...meeting.publisher, environment })).status).toBe(0);
});

test('the command line prints no yes before the no, in words and in JSON', async () => {
  const file = demand(meeting.publisher, { publisher: newKey() });
  const options = { store: storeOf(meeting.publisher) };
  const words = ['verify', 'acme/digits:1.0.0', '--trust', file];
  const [text, json, piped] = await Promise.all([
    runCli(words, options),
    runCli([...words, '--json'], options),
    runCli(['verify', 'acme/digits:1.0.0', '--json'], {
      ...options,
      environment: { WAYBILL_TRUST: place('none.yaml') },
    }),
  ]);
  expect([text.status, json.status, piped.status]).toEqual([1, 1, 2]);
  expect(text.stdout).toMatch(/^fail /);
  expect(text.stdout).toContain('not trusted as acme/digits');
  expect(text.stdout.replaceAll('not trusted', '')).not.toMatch(/\bpass\b|trusted|satisfied {2}/);
  expect(JSON.parse(json.stdout)).toMatchObject({
    verdict: 'fail',
    trust: { verdict: 'fail' },
    requirements: [{ satisfied: false, refused: [{ reason: 'unknown-key' }] }],
  });
  expect(JSON.parse(piped.stdout)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } });
});
