import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demand, release, signAsPublisher } from '../../../test/_support/publishing.ts';
import { makeFolder, packInto } from '../../../test/_support/source.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import { type Meeting, meet } from '../../../test/_support/two-machines.ts';
import { requirementsOf, runVerb, storeOf } from '../../../test/_support/verbs.ts';
import { writeRevocations } from '../../trust/revocations/list.ts';

const keys = { publisher: newKey() };
const { signer } = keys.publisher;
let meeting: Meeting;
beforeAll(async () => {
  meeting = await meet();
});
afterAll(() => meeting[Symbol.asyncDispose]());

const at = (name: string) => meeting.scratch.at('publisher', name);
const run = (...words: readonly string[]) => runVerb(words, meeting.publisher);

test('unpack --with-bases holds each base to the policy too, by the name that it is asked for', async () => {
  const base = await release(meeting.publisher, { name: 'acme/base' });
  const yaml = `waybill: 1
name: acme/tuned
version: 1.0.0
model: { baseModels: [{ ref: 'acme/base:1.0.0', digest: '${base.digest}', relation: finetune }] }
components: { weights: ["weights/**"] }
`;
  const folder = makeFolder(at('tuned'), { 'waybill.yaml': yaml, 'weights/model.bin': 'tuned' });
  const { manifest } = await packInto(storeOf(meeting.publisher), folder, 'acme/tuned:1.0.0');
  await signAsPublisher(meeting.publisher, manifest, signer);
  const words = ['unpack', 'acme/tuned:1.0.0', at('out'), '--with-bases', '--trust', demand(meeting.publisher, keys)];
  const refused = await run(...words);
  expect([refused.status, refused.error?.message]).toEqual([
    1,
    expect.stringContaining('Cannot unpack the base acme/base:1.0.0'),
  ]);
  expect(fs.existsSync(at('out'))).toBe(false);
  await signAsPublisher(meeting.publisher, base, signer);
  const { status, output } = await run(...words);
  expect([status, output?.['trust']]).toEqual([
    0,
    expect.objectContaining({ verdict: 'pass', repository: 'acme/tuned' }),
  ]);
  expect(fs.readdirSync(at('out')).sort()).toEqual(['base', 'tuned']);
});

test('a revocation list is fetched from this machine or by TLS', async () => {
  await release(meeting.publisher, { signer });
  const revoker = newKey('ed25519');
  const revoked = [{ kind: 'key', value: signer.publicKey.id, since: undefined, reason: undefined } as const];
  const lists = await Promise.all(
    [[], revoked].map((entries, at) =>
      writeRevocations({ serial: at + 1, issuedAt: Date.now(), revoked: entries }, revoker.signer),
    ),
  );
  const server = http.createServer((_, response) => response.end(lists.shift()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/revoked.json`;
  const revocations = { source, key: { spki: revoker.pem }, maxAge: '7d' };
  const words = [
    'verify',
    'acme/digits:1.0.0',
    '--trust',
    demand(meeting.publisher, keys, { members: { revocations } }),
  ];
  const [before, after] = [await run(...words), await run(...words)];
  expect([before.status, after.status, ...requirementsOf(after)]).toEqual([0, 1, 'revoked']);
  // Nothing more is served: an empty answer is no list.
  expect((await run(...words)).error?.code).toBe('TRUST_UNDECIDED');
  server.close();
});

test('options about packages are refused for folders, and a repository is named without a tag', async () => {
  await release(meeting.publisher, { signer });
  const trust = ['--trust', demand(meeting.publisher, keys)];
  expect((await run('verify', at('tuned'), ...trust)).error?.code).toBe('USAGE');
  const named = ['verify', 'acme/digits:1.0.0', ...trust, '--repository'];
  expect((await run(...named, 'acme/digits:1.0.0')).error?.code).toBe('USAGE');
  expect((await run(...named, 'Acme')).error?.code).toBe('NAME_INVALID');
  expect((await run(...named, 'acme/digits')).status).toBe(0);
  const other = await run(...named, 'other/digits');
  expect([other.status, other.output?.['findings']]).toEqual([1, [expect.objectContaining({ rule: 'no-trust-rule' })]]);
});
