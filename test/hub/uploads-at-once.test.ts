/** Two requests for one upload: what was hashed is what was stored, whichever comes first. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../../src/hub/main.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { Wire } from './_wire.ts';

let scratch: Scratch;
let hub: Hub;
let wires: Wire[];
beforeEach(async () => {
  scratch = makeScratch();
  hub = await startTestHub(scratch.at('hub'));
  wires = [];
});
afterEach(async () => {
  for (const wire of wires) wire.destroy();
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);
const begin = async () => (await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
const rangeOf = async (location: string) => (await ask(location)).headers.get('range');

async function wire(): Promise<Wire> {
  const opened = await Wire.open(Number(new URL(hub.address).port));
  wires.push(opened);
  return opened;
}

/** A PATCH that says it has `length` bytes and has sent `sent` of them, which have arrived. */
async function halfOpen(location: string, sent: string, length: number): Promise<Wire> {
  const half = await wire();
  half.write(`PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${sent}`);
  await expect.poll(() => rangeOf(location)).toBe(`0-${sent.length - 1}`);
  return half;
}

async function expectContent(text: string): Promise<void> {
  const found = await ask(`/v2/acme/x/blobs/${digestOf(text)}`);
  expect([found.status, await found.text()]).toEqual([200, text]);
}

test('a second PATCH ends the first, goes on behind what had arrived, and never writes over it', async () => {
  const location = await begin();
  const first = await halfOpen(location, 'aaaa', 8);
  const over = await ask(location, { method: 'PATCH', body: 'bbbb', headers: { 'content-range': '0-3' } });
  expect([over.status, over.headers.get('range')]).toEqual([416, '0-3']);
  await first.closed();
  const behind = await ask(location, { method: 'PATCH', body: 'bbbb', headers: { 'content-range': '4-7' } });
  expect([behind.status, behind.headers.get('range')]).toEqual([202, '0-7']);
  expect((await ask(`${location}?digest=${digestOf('aaaabbbb')}`, { method: 'PUT' })).status).toBe(201);
  await expectContent('aaaabbbb');
});

test('a PATCH that is still open when the upload is finished writes no byte into the blob', async () => {
  const location = await begin();
  const first = await halfOpen(location, 'weights', 1000);
  expect((await ask(`${location}?digest=${digestOf('weights')}`, { method: 'PUT' })).status).toBe(201);
  first.write('evil');
  await first.closed();
  await expectContent('weights');
  expect((await ask(location, { method: 'PATCH', body: 'evil' })).status).toBe(404);
  await expectContent('weights');
});

test('cancelling ends the PATCH under way', async () => {
  const location = await begin();
  const first = await halfOpen(location, 'weights', 1000);
  expect((await ask(location, { method: 'DELETE' })).status).toBe(204);
  await first.closed();
  expect((await ask(location)).status).toBe(404);
  expect(scratch.list('hub', 'uploads')).toEqual([]);
});

test('a line that breaks costs what had not arrived, and the upload goes on', async () => {
  const location = await begin();
  (await halfOpen(location, 'wei', 7)).destroy();
  expect((await ask(location, { method: 'PATCH', body: 'ghts', headers: { 'content-range': '3-6' } })).status).toBe(
    202,
  );
  expect((await ask(`${location}?digest=${digestOf('weights')}`, { method: 'PUT' })).status).toBe(201);
  await expectContent('weights');
});

test.each([
  ['overlap', '2-5'],
  ['repeat', '0-3'],
  ['leave a gap', '5-8'],
  ['are shorter than their body', '4-6'],
  ['are longer than their body', '4-9'],
  ['run backwards', '7-4'],
  ['are no range', 'bytes 4-7/8'],
  ['are huge', '4-99999999999999999999'],
])('chunks that %s are 416 and change nothing', async (_, range) => {
  const location = await begin();
  await ask(location, { method: 'PATCH', body: 'aaaa', headers: { 'content-range': '0-3' } });
  const wrong = await ask(location, { method: 'PATCH', body: 'bbbb', headers: { 'content-range': range } });
  expect([wrong.status, wrong.headers.get('range')]).toEqual([416, '0-3']);
  const last = await ask(`${location}?digest=${digestOf('aaaa')}`, {
    method: 'PUT',
    body: 'bbbb',
    headers: { 'content-range': range },
  });
  expect(last.status).toBe(416);
  expect((await ask(`${location}?digest=${digestOf('aaaa')}`, { method: 'PUT' })).status).toBe(201);
  await expectContent('aaaa');
});

test('chunks that come all at once and commits between them: what becomes visible is what its digest says', async () => {
  const random = seeded(21);
  let visible = 0;
  for (let round = 0; round < 30; round++) {
    const location = await begin();
    const part = () => 'abcdef'.charAt(random.below(6)).repeat(1 + random.below(40_000));
    const [one, two] = [part(), part()];
    await Promise.allSettled([one, two].map((body) => ask(location, { method: 'PATCH', body })));
    // Whichever came first; wrong bytes make the hub forget the upload.
    const both = [one + two, two + one];
    const commits = both.map((text) => ask(`${location}?digest=${digestOf(text)}`, { method: 'PUT' }));
    const statuses = (await Promise.allSettled(commits)).map((done) =>
      done.status === 'fulfilled' ? done.value.status : 'broken',
    );
    expect(statuses.every((status) => [201, 400, 404, 'broken'].includes(status))).toBe(true);
    for (const text of [one, two, ...both]) {
      const found = await ask(`/v2/acme/x/blobs/${digestOf(text)}`);
      if (found.status !== 200) continue;
      visible += 1;
      expect(digestOf(Buffer.from(await found.arrayBuffer()))).toBe(digestOf(text));
    }
  }
  expect(visible).toBeGreaterThan(0);
});

test('a POST with a digest that is none, or other than its body, leaves no upload behind', async () => {
  for (const digest of ['sha256:none', digestOf('other')]) {
    const refused = await ask(`/v2/acme/x/blobs/uploads/?digest=${digest}`, { method: 'POST', body: 'weights' });
    expect(refused.status).toBe(400);
  }
  expect(scratch.list('hub', 'uploads')).toEqual([]);
});
