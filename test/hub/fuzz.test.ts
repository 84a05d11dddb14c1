/**
 * 50,000 wild requests to a hub in a process of its own: each is answered, none by a failure of the hub;
 * nothing that was not verified becomes visible; memory, files and connections stay bounded; and what
 * the hub keeps agrees afterwards. `npm run soak` sends ten times as many, with another seed each time.
 */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/base/progress.ts';
import { collect } from '../../src/hub/registry/collect.ts';
import { fsck } from '../../src/hub/registry/fsck.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { fuzzAndMeasure } from './_fuzz-and-measure.ts';
import { fastFolder } from './_served.ts';

const REQUESTS = 50_000;
const SEED = 20_261_127;

let folder: string;
beforeAll(() => {
  folder = fastFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

test(`${REQUESTS} wild requests`, { timeout: 300_000 }, async () => {
  const report = await fuzzAndMeasure(folder, { seed: SEED, requests: REQUESTS });
  expect(report.violations).toEqual([]);
  expect(report.sent).toBeGreaterThanOrEqual(REQUESTS);
  // A connection that breaks on purpose may take some with it, if two requests meet in one upload.
  expect(report.answered / report.framed).toBeGreaterThan(0.99);
  expect(report.verified).toBeGreaterThan(1_000_000);
  for (const status of [200, 201, 202, 204, 206, 400, 404, 405, 416])
    expect(report.statuses.get(status), `${status}`).toBeGreaterThan(10);
});

test('what the hub keeps agrees afterwards, also when all garbage is collected', async () => {
  await using storage = await openTestStorage(folder);
  const check = async () => {
    const { findings, ...counts } = await fsck({ folder, database: storage.database, progress: silent });
    return { ...counts, errors: findings.filter(({ level }) => level === 'error') };
  };
  const before = await check();
  expect(before.errors).toEqual([]);
  const { uploads, blobs } = await collect(storage, { grace: 0 });
  expect([uploads > 100, blobs > 10]).toEqual([true, true]);
  const after = await check();
  expect(after.errors).toEqual([]);
  expect([after.manifests, after.tags, after.blobs]).toEqual([before.manifests, before.tags, before.blobs - blobs]);
});
