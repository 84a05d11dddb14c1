/** What the hub answers to requests that no honest client sends: an error of the client's, always. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServedRequest } from '../../src/hub/http/server.ts';
import type { Hub } from '../../src/hub/main.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { startTestHub } from '../_support/hub.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { Wire } from './_wire.ts';

let scratch: Scratch;
let hub: Hub;
let log: ServedRequest[];
let wires: Wire[];
beforeEach(async () => {
  scratch = makeScratch();
  log = [];
  wires = [];
  hub = await startTestHub(scratch.at('hub'), { served: (request) => void log.push(request) });
});
afterEach(async () => {
  for (const wire of wires) wire.destroy();
  await hub[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const ask = (where: string, init?: RequestInit) => fetch(new URL(where, hub.address), init);

/** The answer to bytes on a connection of their own. */
async function statusOf(...lines: readonly string[]): Promise<number | undefined> {
  const wire = await Wire.open(Number(new URL(hub.address).port));
  wires.push(wire);
  wire.write(`${lines.join('\r\n')}\r\n\r\n`);
  return (await wire.answer())?.status;
}

test.each([
  ['/v2/acme/x/manifests/%', 400],
  ['/v2/acme/x/manifests/%E0%A4%A', 400],
  ['/v2/acme/x/manifests/%80', 400],
  ['/v2/acme/x/manifests/%00', 400],
  ['/v2/acme/x/manifests/..', 400],
  ['/v2/acme/x/manifests/sha256%3A..%2F..%2Fhub.sqlite', 400],
  [`/v2/acme/x/manifests/${'a'.repeat(129)}`, 400],
  ['/v2/acme/x/blobs/sha256:../../../hub.sqlite', 404],
  ['/v2/acme/x/blobs/..%2f..%2fhub.sqlite', 400],
  ['/v2/../../../../etc/passwd', 404],
  ['/v2/../x/blobs/uploads/..', 400],
  ['/v2/acme/x/blobs/uploads/../../../hub.sqlite', 404],
  ['/v2/acme/x/blobs/uploads/..%2f..%2fhub.sqlite', 404],
  ['/v2/ACME/x/tags/list', 400],
  ['/v2/acme//x/tags/list', 400],
  ['/v2/acme/x/tags/list?n=-1', 400],
  ['/v2/acme/x/tags/list?n=9999999999', 400],
  ['/v2/acme/x/tags/list?n=1e3', 400],
  ['//v2/', 404],
  ['http://elsewhere/v2/', 404],
  ['*', 404],
])('GET %s is %i', async (target, status) => {
  expect(await statusOf(`GET ${target} HTTP/1.1`, 'Host: localhost')).toBe(status);
  expect(log.filter(({ failure }) => failure !== undefined)).toEqual([]);
});

test.each([
  ['two hosts', ['GET /v2/ HTTP/1.1', 'Host: localhost', 'Host: other']],
  ['no host', ['GET /v2/ HTTP/1.1']],
  ['two lengths', ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Content-Length: 0', 'Content-Length: 5']],
  [
    'a length and chunks',
    ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Content-Length: 3', 'Transfer-Encoding: chunked'],
  ],
  [
    'chunks twice',
    ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked, chunked', '', '0'],
  ],
  [
    'an encoded body',
    ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: gzip, chunked', '', '0'],
  ],
  [
    'chunks that are not last',
    ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked, gzip'],
  ],
  [
    'chunks, written so that some read over it',
    ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Transfer-Encoding : chunked'],
  ],
  ['a length that is no number', ['POST /v2/a/blobs/uploads/ HTTP/1.1', 'Host: localhost', 'Content-Length: +3']],
  ['a folded header', ['GET /v2/ HTTP/1.1', 'Host: localhost', 'X-A: b', ' c: d']],
  ['a bare line feed', ['GET /v2/ HTTP/1.1\nHost: localhost']],
  ['bytes above ASCII in its path', ['GET /v2/\u009b31m HTTP/1.1', 'Host: localhost']],
  ['another version', ['GET /v2/ HTTP/9.9', 'Host: localhost']],
])('a request with %s is refused as malformed', async (_, lines) => {
  expect(await statusOf(...lines)).toBe(400);
  expect(scratch.list('hub', 'uploads')).toEqual([]);
});

test('a header that is too large is 431, and the next client is served', async () => {
  expect(await statusOf('GET /v2/ HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(40_000)}`)).toBe(431);
  expect((await ask('/v2/')).status).toBe(200);
});

test('what is behind a refused request is not taken for another one', async () => {
  const wire = await Wire.open(Number(new URL(hub.address).port));
  wires.push(wire);
  const hidden = 'DELETE /v2/acme/x/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n';
  wire.write(
    `POST /v2/acme/x/blobs/uploads/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${hidden}`,
  );
  expect((await wire.answer())?.status).toBe(400);
  await wire.closed();
  expect(log.map(({ method }) => method)).toEqual(['POST']);
});

test('a client that breaks off is no failure of the hub', async () => {
  const wire = await Wire.open(Number(new URL(hub.address).port));
  wire.write(
    'PUT /v2/acme/x/manifests/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nContent-Length: 100\r\n\r\nabc',
  );
  wire.destroy();
  await expect.poll(() => log).toMatchObject([{ method: 'PUT', status: 400 }]);
  expect(log[0]?.failure).toBeUndefined();
});

test('a digest whose colon is written as %3A is one', async () => {
  const missing = await ask(`/v2/acme/x/manifests/${encodeURIComponent(digestOf('it'))}`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }]);
});

test('a page of no items is empty and leads nowhere', async () => {
  await ask('/v2/acme/x/blobs/uploads/', { method: 'POST' });
  for (const where of ['tags/list', `referrers/${digestOf('it')}`]) {
    const page = await ask(`/v2/acme/x/${where}?n=0`);
    expect([page.status, page.headers.get('link')]).toEqual([200, null]);
  }
});

test('a manifest that is damaged on the disk is not handed out, and pushing it again mends it', async () => {
  const text = JSON.stringify({ schemaVersion: 2, manifests: [] });
  const put = () =>
    ask('/v2/acme/x/manifests/1', {
      method: 'PUT',
      body: text,
      headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
    });
  expect((await put()).status).toBe(201);
  const hex = digestOf(text).slice('sha256:'.length);
  const file = scratch.at('hub', 'blobs', 'sha256', hex.slice(0, 2), hex);
  for (const damaged of [`${text}HTTP/1.1 200 OK`, text.replace('2', '3'), '']) {
    fs.writeFileSync(file, damaged);
    const wire = await Wire.open(Number(new URL(hub.address).port));
    wires.push(wire);
    wire.write(
      'GET /v2/acme/x/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    );
    const [damagedAnswer, next] = [await wire.answer(), await wire.answer()];
    expect([damagedAnswer?.status, next?.status, next?.body.toString()]).toEqual([500, 200, '{}']);
    await expect.poll(() => log.some(({ failure }) => String(failure).includes(hex))).toBe(true);
  }
  expect((await put()).status).toBe(201);
  expect(await (await ask('/v2/acme/x/manifests/1')).text()).toBe(text);
});
