import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hubSettings } from '../../../test/_support/hub.ts';
import { seeded } from '../../../test/_support/random.ts';
import { streamOf } from '../../base/bytes.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { openStorage } from '../storage.ts';
import { type Collected, collect } from './collect.ts';
import { Registry } from './registry.ts';
import { reindex } from './reindex.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

let folder: string;
let late: number;
let storage: Awaited<ReturnType<typeof openStorage>>;
let registry: Registry;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-collect-'));
  late = 0;
  storage = await openStorage(hubSettings(folder), () => Date.now() + late);
  registry = new Registry(storage);
});
afterEach(async () => {
  await storage[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

async function upload(name: string, bytes: Buffer): Promise<Digest> {
  const repository = registry.repository(name);
  const id = await registry.beginUpload(repository);
  await storage.blobs.append(id, streamOf(bytes));
  await repository.commitUpload(id, digestOf(bytes));
  return digestOf(bytes);
}

/** An image of one layer. @returns digests of the manifest and what it names */
async function image(name: string, bytes: Buffer): Promise<{ manifest: Digest; parts: readonly Digest[] }> {
  const config = Buffer.from('{}');
  const parts = [await upload(name, config), await upload(name, bytes)];
  const describe = (digest: Digest | undefined, size: number) => ({ mediaType: 'application/x-test', digest, size });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_MANIFEST,
      config: describe(parts[0], config.length),
      layers: [describe(parts[1], bytes.length)],
    }),
  );
  const put = await registry.repository(name).putManifest(manifest, IMAGE_MANIFEST, { digest: undefined, tags: [] });
  return { manifest: put.digest, parts };
}

const isThere = (digest: Digest) => storage.blobs.sizeOf(digest) !== undefined;
const nothing: Collected = { uploads: 0, blobs: 0, bytes: 0, waiting: 0 };

test('collect() marks what nothing names after its grace, and takes it after another', async () => {
  const digest = await upload('acme/x', Buffer.from('never named'));
  late = DAY - HOUR;
  expect(await collect(storage, { grace: DAY })).toEqual(nothing);
  late = DAY + HOUR;
  expect(await collect(storage, { grace: DAY })).toEqual({ ...nothing, waiting: 1 });
  expect([isThere(digest), await registry.repository('acme/x').blobSize(digest)]).toEqual([true, undefined]);
  late = 2 * DAY;
  expect(await collect(storage, { grace: DAY })).toEqual({ ...nothing, waiting: 1 });
  late = 2 * DAY + 2 * HOUR;
  expect(await collect(storage, { grace: DAY })).toEqual({ ...nothing, blobs: 1, bytes: 11 });
  expect(isThere(digest)).toBe(false);
});

test('collect() spares what a manifest of any repository names, and takes it when the last is deleted', async () => {
  const layer = randomBytes(1000);
  const first = await image('acme/x', layer);
  const second = await image('acme/y', layer);
  late = 10 * DAY;
  expect(await collect(storage, { grace: 0 })).toEqual(nothing);
  await registry.repository('acme/x').removeManifest(first.manifest);
  expect(await collect(storage, { grace: 0 })).toEqual(nothing);
  expect(await registry.repository('acme/y').blobSize(digestOf(layer))).toBe(1000);
  await registry.repository('acme/y').removeManifest(second.manifest);
  expect(await collect(storage, { grace: 0 })).toMatchObject({ blobs: 3, waiting: 0 });
  expect([second.manifest, ...second.parts].some(isThere)).toBe(false);
});

test('content that is brought again while it waits is spared', async () => {
  const bytes = Buffer.from('brought twice');
  await upload('acme/x', bytes);
  late = 2 * DAY;
  expect(await collect(storage, { grace: DAY })).toMatchObject({ waiting: 1 });
  late = 4 * DAY;
  await upload('acme/y', bytes);
  expect(await collect(storage, { grace: DAY })).toEqual(nothing);
  late = 4 * DAY + HOUR;
  expect(await collect(storage, { grace: DAY })).toEqual(nothing);
  expect(await registry.repository('acme/y').blobSize(digestOf(bytes))).toBe(bytes.length);
});

test('a dry run says what the next run does, and changes nothing', async () => {
  await upload('acme/x', randomBytes(10));
  await image('acme/x', randomBytes(20));
  await registry.beginUpload(registry.repository('acme/x'));
  late = HOUR;
  const said = await collect(storage, { grace: 0, dryRun: true });
  expect(said).toEqual({ uploads: 1, blobs: 1, bytes: 10, waiting: 0 });
  expect(await collect(storage, { grace: 0, dryRun: true })).toEqual(said);
  expect(await collect(storage, { grace: 0 })).toEqual(said);
  expect(await collect(storage, { grace: 0 })).toEqual(nothing);
});

test('an upload is abandoned when no byte came for the grace, not when it began', async () => {
  const owner = registry.repository('acme/x');
  const id = await registry.beginUpload(owner);
  const file = path.join(folder, 'uploads', id);
  late = 2 * DAY;
  const recent = (Date.now() + late - HOUR) / 1000;
  fs.utimesSync(file, recent, recent);
  expect(await collect(storage, { grace: DAY })).toEqual(nothing);
  expect(await registry.uploadOffset(owner, id)).toBe(0);
  late = 4 * DAY;
  expect(await collect(storage, { grace: DAY })).toEqual({ ...nothing, uploads: 1 });
  expect([await registry.uploadOffset(owner, id), fs.existsSync(file)]).toEqual([undefined, false]);
});

test('files that the database does not know go after the grace', async () => {
  const { parts, manifest } = await image('acme/x', randomBytes(50));
  const stray = await upload('acme/x', Buffer.from('unnamed'));
  await storage.database.write(async (writer) => {
    for (const table of ['repository_blob', 'blob'] as const)
      await writer.deleteFrom(table).where('digest', '=', stray).execute();
  });
  expect(await collect(storage, { grace: DAY })).toEqual(nothing);
  late = 3 * DAY;
  expect(await collect(storage, { grace: DAY })).toMatchObject({ blobs: 1, bytes: 7 });
  expect([stray, manifest, ...parts].map(isThere)).toEqual([false, true, true, true]);
});

test('files that were being written when the hub was killed go after the grace, those of today stay', async () => {
  const { parts } = await image('acme/x', randomBytes(50));
  const halves = [
    'repositories/acme/x/_tags/.1.0.0123456789abcdef',
    `blobs/sha256/${parts[0]?.slice(7, 9)}/.0123456789abcdef`,
  ];
  for (const half of halves) {
    fs.mkdirSync(path.dirname(path.join(folder, half)), { recursive: true });
    fs.writeFileSync(path.join(folder, half), 'sha256:');
  }
  const left = () => halves.filter((half) => fs.existsSync(path.join(folder, half)));
  await collect(storage, { grace: 0 });
  expect(left()).toEqual(halves);
  late = HOUR;
  await collect(storage, { grace: 0, dryRun: true });
  expect(left()).toEqual(halves);
  await collect(storage, { grace: 0 });
  expect(left()).toEqual([]);
});

test('a database that was lost or is older than the files is refused, and nothing is taken', async () => {
  const { parts, manifest } = await image('acme/x', randomBytes(50));
  await storage[Symbol.asyncDispose]();
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('hub.sqlite')))
    fs.rmSync(path.join(folder, name));
  late = 10 * DAY;
  storage = await openStorage(hubSettings(folder), () => Date.now() + late);
  await expect(collect(storage, { grace: 0 })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    hint: expect.stringContaining('waybill hub reindex'),
  });
  expect([manifest, ...parts].map(isThere)).toEqual([true, true, true]);
  await reindex(storage);
  expect(await collect(storage, { grace: 0 })).toEqual(nothing);
});

test('after reindex() what no manifest names has its whole grace, for those whose manifest could not be read', async () => {
  const { parts, manifest } = await image('acme/x', randomBytes(50));
  fs.writeFileSync(storage.blobs.pathOf(manifest), 'damaged');
  late = 10 * DAY;
  expect((await reindex(storage)).findings).toHaveLength(1);
  // Its manifest is recorded and not understood: nobody can say what it names.
  await expect(collect(storage, { grace: 0 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  storage.repositories.removeManifest(registry.repository('acme/x').name, manifest);
  expect(await collect(storage, { grace: DAY })).toEqual({ ...nothing, waiting: 3 });
  expect([manifest, ...parts].map(isThere)).toEqual([true, true, true]);
});

test('collecting all the time while images are pushed and deleted loses nothing that was acknowledged', async () => {
  const random = seeded(7);
  let isOver = false;
  let acknowledged = 0;
  let removed = 0;
  // So little that pushes often lose; on a busy machine, where all would, it grows.
  let grace = 25;
  /** Pushes the same layer again and again; between two pushes it is garbage. */
  const lane = async (index: number) => {
    const layer = Buffer.alloc(500, index);
    const owner = registry.repository(`acme/lane${index}`);
    for (let round = 0; round < 300 && (acknowledged < 60 || removed < 60); round++) {
      // With so little grace a push may lose its content before it names it: it is refused then, in words.
      const pushed = await image(owner.name, layer).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'BLOB_UNKNOWN' });
      });
      if (pushed === undefined) {
        grace = Math.min(2_000, grace * 1.1);
        await sleep(random.below(4 * grace));
        continue;
      }
      acknowledged += 1;
      await sleep(random.below(6));
      const sizes = await Promise.all(pushed.parts.map((part) => owner.blobSize(part)));
      expect([storage.blobs.readWhole(pushed.manifest).length > 0, ...sizes]).toEqual([true, 2, 500]);
      await owner.removeManifest(pushed.manifest);
      await sleep(random.below(4 * grace));
    }
  };
  const pushing = Promise.all([0, 1, 2, 3].map(lane)).finally(() => {
    isOver = true;
  });
  const collecting = async () => {
    while (!isOver) {
      removed += (await collect(storage, { grace })).blobs;
      await sleep(1);
    }
  };
  await Promise.all([pushing, collecting()]);
  expect(removed).toBeGreaterThan(5);
  expect(acknowledged).toBeGreaterThan(5);
});
