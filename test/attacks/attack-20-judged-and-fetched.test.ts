/** Attack 20: the registry shows the signed package while it is judged, and another when it is fetched. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demand, release } from '../_support/publishing.ts';
import { newKey } from '../_support/trust-files.ts';
import { type Meeting, meet } from '../_support/two-machines.ts';
import { runVerb } from '../_support/verbs.ts';

const keys = { publisher: newKey() };
let meeting: Meeting;
let trust: readonly string[];
let good: string;
beforeEach(async () => {
  meeting = await meet();
  good = (await release(meeting.publisher, { signer: keys.publisher.signer })).digest;
  await release(meeting.publisher, { weights: 'evil', tag: 'evil' });
  await meeting.push('acme/digits:1.0.0');
  await meeting.push('acme/digits:evil');
  trust = ['--trust', demand(meeting.reader, keys)];
  meeting.registry.seen.splice(0);
});
afterEach(() => meeting[Symbol.asyncDispose]());

/** Once the tag was read, it names the other package. */
function moveTagOnceRead(): void {
  const { manifests } = meeting.registry;
  const read = manifests.get.bind(manifests);
  const evil = read('acme/digits evil');
  let count = 0;
  manifests.get = (key) => {
    if (key !== 'acme/digits 1.0.0') return read(key);
    count += 1;
    return count === 1 ? read(key) : evil;
  };
}

test('pull --trust fetches what it judged: the tag is resolved once', async () => {
  moveTagOnceRead();
  const { status, output } = await meeting.pull('acme/digits:1.0.0', ...trust);
  expect([status, output?.['digest']]).toEqual([0, good]);
  expect(meeting.registry.seen.filter(({ path }) => path.endsWith('/manifests/1.0.0'))).toHaveLength(1);
});

test('unpack --trust restores what it judged', async () => {
  moveTagOnceRead();
  const out = meeting.scratch.at('out');
  const { status, output } = await runVerb(
    ['unpack', `${meeting.registry.host}/acme/digits:1.0.0`, out, ...trust],
    meeting.reader,
  );
  expect([status, output?.['digest']]).toEqual([0, good]);
  expect(fs.readFileSync(`${out}/weights/model.bin`, 'utf8')).toBe('weights of 1.0.0');
  expect(meeting.registry.seen.filter(({ path }) => path.endsWith('/manifests/1.0.0'))).toHaveLength(1);
});

test('what is not signed is refused before a blob of it is asked for', async () => {
  const { status, error } = await meeting.pull('acme/digits:evil', ...trust);
  expect([status, error?.code]).toEqual([1, 'NOT_TRUSTED']);
  const weights = [...meeting.registry.blobs].find(([, bytes]) => bytes.toString() === 'evil')?.[0];
  expect(weights).toBeDefined();
  expect(meeting.registry.seen.some(({ path }) => path.includes(String(weights)))).toBe(false);
  expect(fs.existsSync(meeting.scratch.at('reader', 'store'))).toBe(false);
});

test('what is not signed for it is not pushed either', async () => {
  const file = demand(meeting.publisher, keys);
  const push = (from: string, to: string) =>
    runVerb(['push', from, `${meeting.registry.host}/${to}`, '--trust', file], meeting.publisher);
  expect((await push('acme/digits:evil', 'acme/digits:new')).status).toBe(1);
  expect((await push('acme/digits:1.0.0', 'acme/letters:new')).error?.message).toContain('acme/letters was asked for');
  expect((await push('acme/digits:1.0.0', 'acme/digits:new')).status).toBe(0);
  expect([...meeting.registry.manifests.keys()].filter((key) => key.endsWith(' new'))).toEqual(['acme/digits new']);
});
