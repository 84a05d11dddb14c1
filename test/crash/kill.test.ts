/**
 * kill -9 at seeded random moments, 200 times: afterwards the store is usable, every name verifies,
 * nothing half-done is visible, and the same command succeeds.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sumsOfFolder, verifyFolder } from '../../src/model/verify-folder.ts';
import { damageOf, killWithin, makeWorkplace, paceOf, run, seeded, start, type Workplace } from './_victim.ts';

const LANES = 2;
let lanes: Workplace[];
beforeAll(() => {
  lanes = Array.from({ length: LANES }, (_, index) => makeWorkplace(index + 1));
});
afterAll(() => {
  for (const { root } of lanes) fs.rmSync(root, { recursive: true });
});

/** Does the same in every lane at once, each with its own seed. @returns how often the kill came in time */
async function inLanes(
  rounds: number,
  seed: number,
  round: (lane: Workplace, random: () => number, index: number) => Promise<boolean>,
): Promise<number> {
  const kills = await Promise.all(
    lanes.map(async (lane, number) => {
      const random = seeded(seed + number);
      let inTime = 0;
      for (let index = 0; index < rounds / LANES; index++) if (await round(lane, random, index)) inTime += 1;
      return inTime;
    }),
  );
  return kills.reduce((sum, count) => sum + count, 0);
}

test('pack: 90 kills leave a store in which everything verifies, and the next pack succeeds', {
  timeout: 300_000,
}, async () => {
  const pace = await paceOf(() => Promise.all(lanes.map((lane) => run(lane, 'pack', lane.model, '--no-cache'))));
  const kills = await inLanes(90, 10, async (lane, random, index) => {
    // A fresh store now and then: its making can be interrupted too.
    if (index % 3 === 0) fs.rmSync(lane.store, { recursive: true, force: true });
    fs.writeFileSync(path.join(lane.model, 'README.md'), `round ${index}\n`);
    const wasKilled = await killWithin(start(lane, 'pack', lane.model, '--no-cache'), pace, random);
    expect(await damageOf(lane.store)).toEqual([]);
    return wasKilled;
  });
  expect(kills).toBeGreaterThan(30);
  for (const lane of lanes) {
    expect(await run(lane, 'pack', lane.model)).toBe(0);
    expect(await damageOf(lane.store)).toEqual([]);
    expect(await run(lane, 'prune')).toBe(0);
    expect(fs.readdirSync(path.join(lane.store, '.waybill/ingest'))).toEqual([]);
  }
});

test('unpack: 60 kills leave the destination absent or whole, and the next unpack succeeds', {
  timeout: 300_000,
}, async () => {
  const out = (lane: Workplace) => path.join(lane.root, 'out');
  const clear = (lane: Workplace) => fs.rmSync(out(lane), { recursive: true, force: true });
  const pace = await paceOf(() => Promise.all(lanes.map((lane) => run(lane, 'unpack', 'acme/crash:1.0.0', out(lane)))));
  const kills = await inLanes(60, 20, async (lane, random) => {
    clear(lane);
    const wasKilled = await killWithin(start(lane, 'unpack', 'acme/crash:1.0.0', out(lane)), pace, random);
    if (fs.existsSync(out(lane))) expect((await verifyFolder(out(lane), sumsOfFolder(out(lane)))).verdict).toBe('pass');
    return wasKilled;
  });
  expect(kills).toBeGreaterThan(20);
  for (const lane of lanes) {
    clear(lane);
    expect(await run(lane, 'unpack', 'acme/crash:1.0.0', out(lane))).toBe(0);
    expect(fs.readdirSync(lane.root).filter((name) => name.endsWith('.waybill'))).toEqual([]);
  }
});

test('unpack --force: 14 kills leave the old folder or the new one', { timeout: 120_000 }, async () => {
  const out = (lane: Workplace) => path.join(lane.root, 'replaced');
  const pace = await paceOf(() => Promise.all(lanes.map((lane) => run(lane, 'unpack', 'acme/crash:1.0.0', out(lane)))));
  await inLanes(14, 25, async (lane, random) => {
    const wasKilled = await killWithin(start(lane, 'unpack', 'acme/crash:1.0.0', out(lane), '--force'), pace, random);
    // Between the two renames the old folder lies aside; the next run puts it back first.
    if (!fs.existsSync(out(lane))) expect(await run(lane, 'unpack', 'acme/crash:1.0.0', out(lane))).toBe(0);
    expect((await verifyFolder(out(lane), sumsOfFolder(out(lane)))).verdict).toBe('pass');
    return wasKilled;
  });
});

test('tag, remove and prune: 20 kills never take away what a name reaches', { timeout: 120_000 }, async () => {
  const pace = await paceOf(() =>
    Promise.all(lanes.map((lane) => run(lane, 'tag', 'acme/crash:1.0.0', 'acme/crash:other'))),
  );
  await inLanes(20, 30, async (lane, random, index) => {
    const words =
      [['remove', 'acme/crash:other'], ['prune'], ['tag', 'acme/crash:1.0.0', 'acme/crash:other']][index % 3] ?? [];
    const wasKilled = await killWithin(start(lane, ...words), pace, random);
    expect(await damageOf(lane.store)).toEqual([]);
    return wasKilled;
  });
  for (const lane of lanes) expect(await run(lane, 'verify', 'acme/crash:1.0.0')).toBe(0);
});

test('copy to an archive: 16 kills leave no file or a whole one', { timeout: 120_000 }, async () => {
  const file = (lane: Workplace) => path.join(lane.root, 'export.tar');
  const words = (lane: Workplace) => ['copy', 'acme/crash:1.0.0', `oci-archive:${file(lane)}`, '--force'];
  const pace = await paceOf(() => Promise.all(lanes.map((lane) => run(lane, ...words(lane)))));
  await inLanes(16, 40, async (lane, random) => {
    fs.rmSync(file(lane), { force: true });
    const wasKilled = await killWithin(start(lane, ...words(lane)), pace, random);
    if (fs.existsSync(file(lane))) expect(await run(lane, 'verify', `oci-archive:${file(lane)}:1.0.0`)).toBe(0);
    return wasKilled;
  });
  for (const lane of lanes) expect(await run(lane, ...words(lane))).toBe(0);
});
