import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ORIGIN, verifierKey } from '../../../test/_support/log.ts';
import { demand, release } from '../../../test/_support/publishing.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import { type Meeting, meet } from '../../../test/_support/two-machines.ts';
import { requirementsOf, runVerb } from '../../../test/_support/verbs.ts';

const keys = { publisher: newKey() };
let meeting: Meeting;
const at = (name: string) => meeting.scratch.at('publisher', name);

beforeAll(async () => {
  meeting = await meet();
  await release(meeting.publisher);
  const { output } = await runVerb(['keygen', at('release'), '--unencrypted'], meeting.publisher);
  expect(output?.['publicKey']).toBe(at('release.pub'));
  await runVerb(['keygen', at('log'), '--role', 'log', '--unencrypted'], meeting.publisher);
  const init = await runVerb(
    ['log', 'init', at('models'), '--origin', ORIGIN, '--key', at('log.key'), '--out', at('log.vkey')],
    meeting.publisher,
  );
  expect(init.status).toBe(0);
  const words = [
    'sign',
    'acme/digits:1.0.0',
    '--key',
    at('release.key'),
    '--log',
    at('models'),
    '--log-key',
    at('log.key'),
  ];
  expect((await runVerb(words, meeting.publisher)).status).toBe(0);
});
afterAll(() => meeting[Symbol.asyncDispose]());

/** A policy that asks for the log, and believes the key of the release. */
function logged(members: object = {}): string {
  const vkey = fs.readFileSync(at('log.vkey'), 'utf8').trim();
  const log = { origin: ORIGIN, vkey, required: true, ...members };
  const released = { signer: keys.publisher.signer, pem: fs.readFileSync(at('release.pub'), 'utf8') };
  return demand(meeting.publisher, { publisher: released }, { members: { logs: [log] } });
}
const verify = (file: string, machine = meeting.publisher, ...words: readonly string[]) =>
  runVerb(['verify', 'acme/digits:1.0.0', '--trust', file, ...words], machine);
const forgetful = (name: string) => {
  const machine = meeting.newMachine(name);
  fs.cpSync(at('store'), meeting.scratch.at(name, 'store'), { recursive: true });
  return machine;
};

test('what waybill sign enters into a log satisfies a policy that asks for it', async () => {
  const result = await verify(logged({ url: 'models' }));
  expect([result.status, ...requirementsOf(result)]).toEqual([0, 'satisfied']);
});

test('another log, or another key under its name, does not', async () => {
  const other = await verify(logged({ origin: 'other.example', vkey: verifierKey(7, 'other.example') }));
  expect([other.status, ...requirementsOf(other)]).toEqual([1, 'not-logged']);
  const forged = await verify(logged({ vkey: verifierKey(7) }));
  expect([forged.status, ...requirementsOf(forged)]).toEqual([1, 'not-logged']);
});

test('a statement that was signed without the log does not', async () => {
  await release(meeting.publisher, { version: '2.0.0' });
  await runVerb(['sign', 'acme/digits:2.0.0', '--key', at('release.key')], meeting.publisher);
  const result = await runVerb(['verify', 'acme/digits:2.0.0', '--trust', logged()], meeting.publisher);
  expect([result.status, ...requirementsOf(result)]).toEqual([1, 'not-logged']);
});

test('a log that shows another past than it did is refused, for good', async () => {
  const machine = forgetful('deceived');
  expect((await verify(logged({ url: 'models' }), machine)).status).toBe(0);
  // The same key signs another tree of the same size, for this reader alone.
  const folder = meeting.scratch.at('deceived', 'data', 'waybill', 'logs');
  const [name = ''] = fs.readdirSync(folder).filter((file) => file.endsWith('.checkpoint'));
  const before = fs.readFileSync(`${folder}/${name}`, 'utf8').split('\n');
  const shown = [before[0], before[1], Buffer.alloc(32, 7).toString('base64'), ...before.slice(3)].join('\n');
  fs.writeFileSync(`${folder}/${name}`, shown);
  const { status, error } = await verify(logged({ url: 'models' }), machine);
  expect([status, error?.code]).toEqual([1, 'LOG_INVALID']);
});

test('with --require-memory a log that was never seen is not believed, unless the policy has seen it', async () => {
  const first = await verify(logged({ url: 'models' }), forgetful('new'), '--require-memory');
  expect([first.status, first.error?.code]).toEqual([2, 'TRUST_UNDECIDED']);
  const checkpoint = fs.readFileSync(at('models/checkpoint'), 'utf8');
  const pinned = await verify(logged({ url: 'models', checkpoint }), forgetful('pinned'), '--require-memory');
  expect([pinned.status, pinned.error?.message]).toEqual([0, undefined]);
});

test('a log that has grown and cannot be asked is not believed with --require-memory', async () => {
  await release(meeting.publisher, { version: '3.0.0' });
  const words = [
    'sign',
    'acme/digits:3.0.0',
    '--key',
    at('release.key'),
    '--log',
    at('models'),
    '--log-key',
    at('log.key'),
  ];
  expect((await runVerb(words, meeting.publisher)).status).toBe(0);
  const machine = forgetful('alone');
  const ask = (file: string) => runVerb(['verify', 'acme/digits:3.0.0', '--trust', file, '--require-memory'], machine);
  expect((await verify(logged({ url: 'models' }), machine)).status).toBe(0);
  const unasked = await ask(logged());
  expect([unasked.status, unasked.error?.code]).toEqual([2, 'TRUST_UNDECIDED']);
  // A place where there is no log says nothing of the log.
  expect((await ask(logged({ url: 'nowhere' }))).error?.code).toBe('FILE_UNREADABLE');
  expect((await ask(logged({ url: 'models' }))).status).toBe(0);
});
