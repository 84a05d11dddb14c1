import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Faults, startRegistry, type TestRegistry } from '../../../test/_registry/server.ts';
import { collect } from '../../base/bytes.ts';
import type { Descriptor } from '../descriptor.ts';
import { digestOf } from '../digest.ts';
import { type Layout, openLayout } from '../layout/layout.ts';
import { parseReference } from '../reference.ts';
import { Authorizer } from './authorize.ts';
import type { Pace } from './read-blob.ts';
import { RegistryRepository } from './repository.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

const MIB = 1024 * 1024;
const SIZE = 8 * MIB + 12_345;
/** No line is as fast as this asks for: all that is large is read by many streams. */
const SLOW: Pace = { large: MIB, probe: MIB / 2, stretch: 2 * MIB, fast: Number.POSITIVE_INFINITY, segment: MIB / 4 };
/** Every line is fast enough. */
const FAST: Pace = { ...SLOW, fast: 0 };

let registry: TestRegistry;
let root: string;
let layout: Layout;
let transport: Transport;
let bytes: Buffer;
let blob: Descriptor;
beforeEach(async () => {
  registry = await startRegistry();
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-read-blob-'));
  layout = await openLayout(root, 'write');
  transport = new Transport({ idle: 300 });
  bytes = randomBytes(SIZE);
  blob = { mediaType: 'application/octet-stream', digest: digestOf(bytes), size: SIZE };
  registry.blobs.set(blob.digest, bytes);
});
afterEach(async () => {
  transport[Symbol.dispose]();
  await layout[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

function repository(pace: Pace, signal?: AbortSignal): RegistryRepository {
  const { host } = registry;
  const authorizer = new Authorizer(host, transport, { find: async () => undefined });
  const session = new Session({ host, isPlainHttp: true, transport, authorizer, backOff: 1, signal });
  return new RegistryRepository(session, parseReference(`${host}/acme/x`).repository, { pace });
}

async function receive(pace: Pace, signal?: AbortSignal) {
  return layout.receive(blob, await repository(pace, signal).open(blob), { advance() {}, signal });
}

const stored = () => fs.readFileSync(path.join(root, 'blobs', 'sha256', blob.digest.slice('sha256:'.length)));
const ranges = () => registry.seen.map(({ headers }) => headers.range);

test('a slow line is read by several streams, each byte once', async () => {
  await receive(SLOW);
  expect(stored().equals(bytes)).toBe(true);
  const starts = ranges().map((range) => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1]));
  expect(starts[0]).toBe(0);
  // On a busy machine a line may look slower than it is made here, and some pieces are asked for in smaller ones.
  expect(starts.length).toBeGreaterThanOrEqual(1 + Math.ceil((SIZE - MIB / 2) / (MIB / 4)));
  expect(new Set(starts).size).toBe(starts.length);
});

test('a slow line never has more than eight requests under way, for several blobs together', async () => {
  registry.faults.thinks = 5;
  const others = Array.from({ length: 3 }, () => randomBytes(SIZE));
  const blobs = [bytes, ...others].map((content): Descriptor => ({ ...blob, digest: digestOf(content) }));
  for (const [index, content] of [bytes, ...others].entries()) registry.blobs.set(blobs[index]?.digest ?? '', content);
  const store = repository(SLOW);
  await Promise.all(blobs.map(async (one) => layout.receive(one, await store.open(one), { advance() {} })));
  expect(registry.mostAtOnce).toBeGreaterThan(4);
  expect(registry.mostAtOnce).toBeLessThanOrEqual(8);
});

test('a fast line is read by one stream', async () => {
  await receive(FAST);
  expect(stored().equals(bytes)).toBe(true);
  expect(registry.mostAtOnce).toBe(1);
  expect(ranges()).toHaveLength(1 + Math.ceil((SIZE - MIB / 2) / (2 * MIB)));
});

test('a small blob is asked for as a whole', async () => {
  await receive({ ...SLOW, large: SIZE + 1 });
  expect(ranges()).toEqual([undefined]);
});

const oddities: Record<string, Faults> = {
  'ignores ranges': { ignoresRange: true },
  'ignores ranges after a while': { ignoresRangeAfter: 7 },
  'answers with another range': { manglesRange: true },
  'refuses ranges': { refusesRange: true },
  'gives half of some ranges': { halvesRanges: 6 },
  'breaks the line now and then': { breakDownloadsAfter: { bytes: 100_000, times: 6 } },
  'falls silent now and then': { stalls: 3 },
};

test.each(Object.keys(oddities).flatMap((name) => [[name, 'slow'] as const, [name, 'fast'] as const]))(
  'a registry that %s is read to the end (%s line)',
  async (name, line) => {
    Object.assign(registry.faults, structuredClone(oddities[name]));
    await receive(line === 'slow' ? SLOW : FAST);
    expect(stored().equals(bytes)).toBe(true);
  },
);

test('a registry that answers with other ranges is asked for the whole, once', async () => {
  registry.faults.manglesRange = true;
  await receive(SLOW);
  expect(ranges()[0]).toBe(`bytes=0-${MIB / 2 - 1}`);
  expect(ranges().filter((range) => range === undefined)).toHaveLength(1);
});

test('a blob that is shorter than it should be is SIZE_INVALID, also by several streams', async () => {
  registry.blobs.set(blob.digest, bytes.subarray(0, SIZE - 1));
  await expect(receive(SLOW)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  expect(fs.readdirSync(path.join(root, '.waybill', 'partial'))).toEqual([]);
});

test('wrong bytes by several streams are DIGEST_INVALID, and nothing is left', async () => {
  registry.faults.flipsBytes = true;
  await expect(receive(SLOW)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  expect(await layout.stat(blob)).toBeUndefined();
  expect(fs.readdirSync(path.join(root, '.waybill', 'partial'))).toEqual([]);
});

test('what several streams brought until they were stopped is a beginning, and the next run goes on there', async () => {
  const stop = new AbortController();
  const content = await repository(SLOW, stop.signal).open(blob);
  let seen = 0;
  const advance = (count: number) => {
    seen += count;
    if (seen > SIZE / 2) stop.abort(new Error('stopped'));
  };
  await expect(layout.receive(blob, content, { advance, signal: stop.signal })).rejects.toThrow('stopped');
  const [partial = ''] = fs.readdirSync(path.join(root, '.waybill', 'partial'));
  const kept = fs.readFileSync(path.join(root, '.waybill', 'partial', partial));
  expect(kept.length).toBeGreaterThan(SIZE / 4);
  expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
  expect(await receive(SLOW)).toMatchObject({ resumedAt: kept.length, bytes: SIZE - kept.length });
  expect(stored().equals(bytes)).toBe(true);
});

test('a consumer that leaves early ends the requests of all streams', async () => {
  const content = await repository(SLOW).open(blob);
  let size = 0;
  for await (const chunk of content.unverifiedRange({ start: 0, end: SIZE })) {
    size += chunk.length;
    if (size > MIB) break;
  }
  // The same transport still works: nobody holds a stream that is gone.
  expect((await collect(content.unverifiedRange({ start: 0, end: SIZE }), SIZE, 'it')).equals(bytes)).toBe(true);
});

test('what nobody takes is not read ahead without end', async () => {
  const content = await repository(SLOW).open(blob);
  const chunks = content.unverifiedRange({ start: 0, end: SIZE })[Symbol.asyncIterator]();
  // Past the first measurement, so that all streams are under way.
  for (let size = 0; size < MIB / 2 + 1; ) size += (await chunks.next()).value?.length ?? SIZE;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const asked = registry.seen.length;
  expect(asked).toBeLessThanOrEqual(1 + 8);
  await chunks.return?.();
});

test('a line that always falls silent ends as REGISTRY_UNAVAILABLE, and what came is kept', async () => {
  registry.faults.stalls = 1_000;
  await expect(receive(FAST)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(fs.readdirSync(path.join(root, '.waybill', 'partial'))).toHaveLength(1);
});

test('checkRoom() says how much is needed and how much is free, and counts what is there', async () => {
  const huge = { ...blob, size: 2 ** 52 };
  await expect(layout.checkRoom([blob, huge])).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(/it needs \d+ bytes, \d+ are free/),
  });
  await layout.checkRoom([blob]);
});
