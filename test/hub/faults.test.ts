/** Clients that are slow, stop or hang, in numbers: the hub answers others, and gives back what they held. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { fastFolder, type Serving, serveHub } from './_served.ts';
import { Wire } from './_wire.ts';

const MIB = 1024 * 1024;
const MANY = 400;
const READERS = 100;

let folder: string;
let hub: Serving;
let blob: Buffer;
beforeAll(async () => {
  folder = fastFolder();
  hub = await serveHub(folder);
  blob = randomBytes(64 * MIB);
  expect(await push('acme/x', blob)).toBe(201);
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

const push = async (name: string, bytes: Buffer) =>
  (
    await fetch(`${hub.address}/v2/${name}/blobs/uploads/?digest=${digestOf(bytes)}`, {
      method: 'POST',
      body: new Uint8Array(bytes),
    })
  ).status;

/** So many connections on which each writes its bytes and then says nothing. */
async function hanging(bytes: (at: number) => string, { reads = true, count = MANY } = {}): Promise<Wire[]> {
  const wires: Wire[] = [];
  for (let at = 0; at < count; at++) {
    const wire = await Wire.open(hub.port);
    if (!reads) wire.pause();
    wire.write(bytes(at));
    wires.push(wire);
  }
  return wires;
}

/** While others hang, somebody who does not is served; when they have gone, nothing of them is open. */
async function expectServedMeanwhile(wires: readonly Wire[], before: number): Promise<void> {
  const other = randomBytes(1000);
  expect(await push('acme/other', other)).toBe(201);
  const found = await fetch(`${hub.address}/v2/acme/other/blobs/${digestOf(other)}`);
  expect(Buffer.from(await found.arrayBuffer()).equals(other)).toBe(true);
  for (const wire of wires) wire.destroy();
  // On systems that do not say what is open, this says nothing: 0 is below 0.
  await expect.poll(() => (hub.descriptors() ?? 0) - before, { timeout: 30_000 }).toBeLessThan(20);
  expect(hub.faults).toEqual([]);
}

test(`${MANY} uploads that stop in the middle: all of them can go on`, async () => {
  const before = hub.descriptors() ?? 0;
  const locations: string[] = [];
  for (let at = 0; at < MANY; at++) {
    const begun = await fetch(`${hub.address}/v2/acme/x/blobs/uploads/`, { method: 'POST' });
    locations.push(begun.headers.get('location') ?? '');
  }
  const wires = await hanging(
    (at) => `PATCH ${locations[at]} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n${'a'.repeat(50)}`,
  );
  for (const location of locations)
    await expect.poll(async () => (await fetch(`${hub.address}${location}`)).headers.get('range')).toBe('0-49');
  await expectServedMeanwhile(wires, before);
  const whole = Buffer.from(`${'a'.repeat(50)}${'b'.repeat(50)}`);
  for (const location of locations) {
    const put = await fetch(`${hub.address}${location}?digest=${digestOf(whole)}`, {
      method: 'PUT',
      body: 'b'.repeat(50),
    });
    expect(put.status).toBe(201);
  }
});

test(`${MANY} manifests that never come to their end: none of them is there`, async () => {
  const before = hub.descriptors() ?? 0;
  const wires = await hanging(
    (at) =>
      `PUT /v2/acme/half/manifests/t${at} HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nContent-Length: 4000000\r\n\r\n{"schemaVersion":2`,
  );
  await expectServedMeanwhile(wires, before);
  expect((await fetch(`${hub.address}/v2/acme/half/tags/list`)).status).toBe(404);
});

test(`${MANY} heads that never come to their end`, async () => {
  const before = hub.descriptors() ?? 0;
  const wires = await hanging(() => 'GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  await expectServedMeanwhile(wires, before);
});

test(`${READERS} clients that ask for 64 MiB and do not take it: the hub does not hold it for them`, async () => {
  const before = hub.descriptors() ?? 0;
  const memory = hub.memory() ?? 0;
  const wires = await hanging(() => `GET /v2/acme/x/blobs/${digestOf(blob)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, {
    reads: false,
    count: READERS,
  });
  expect((await fetch(`${hub.address}/v2/`)).status).toBe(200);
  // A chunk for each, and what the system takes; not 6 GiB.
  expect((hub.memory() ?? 0) - memory).toBeLessThan(500 * MIB);
  await expectServedMeanwhile(wires, before);
});
