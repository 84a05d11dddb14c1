/** Several commands at once, in one store and at one destination: never a mixture, never a loss. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import { acquireLock } from '../../src/base/lock.ts';
import { unpack } from '../../src/model/unpack/unpack.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { type CliResult, runCli, startCli } from '../_support/cli.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';
import { treeOf } from '../_support/tree.ts';
import { damageOf } from './_victim.ts';

const NAME = 'acme/model:1.0.0';

let scratch: Scratch;
/** Large enough that threads are started for it. */
let large: string;
beforeAll(() => {
  scratch = makeScratch();
  const random = seeded(11);
  const parts = Array.from({ length: 6 }, (_, at) => [`weights/${at}.bin`, random.bytes(5_000_000)] as const);
  large = makeFolder(scratch.at('large'), Object.fromEntries(parts));
});
afterAll(() => scratch[Symbol.dispose]());

/** A model of its own, of which one file is as in all others. */
function smallModel(number: number): string {
  const files = {
    'weights/own.bin': seeded(number).bytes(2_000_000),
    'weights/shared.bin': seeded(0).bytes(2_000_000),
  };
  return makeFolder(scratch.at(`small-${number}`), files);
}

const statuses = (results: readonly CliResult[]) =>
  results.map(({ status, stderr }) => (status === 0 ? 0 : `${status} ${stderr}`));

test('packs of one folder at once give one package, whole', async () => {
  const store = scratch.at('one-folder');
  const results = await Promise.all(Array.from({ length: 4 }, () => runCli(['pack', large, '--json'], { store })));
  expect(statuses(results)).toEqual([0, 0, 0, 0]);
  expect(new Set(results.map(({ stdout }) => JSON.parse(stdout).digest)).size).toBe(1);
  expect(await damageOf(store)).toEqual([]);
  expect(fs.readdirSync(path.join(store, '.waybill', 'ingest'))).toEqual([]);
});

test('packs of different folders at once into a new store give all packages, whole', async () => {
  const store = scratch.at('many-folders');
  const numbers = [1, 2, 3, 4, 5, 6];
  const results = await Promise.all(
    numbers.map((number) => runCli(['pack', smallModel(number), '--tag', `acme/model:v${number}`], { store })),
  );
  expect(statuses(results)).toEqual(numbers.map(() => 0));
  await using layout = await openLayout(store, 'read');
  expect((await layout.tags()).map(({ name }) => name).sort()).toEqual(
    numbers.map((number) => `acme/model:v${number}`),
  );
  expect(await damageOf(store)).toEqual([]);
});

test('tags, removes and packs at once lose no name', async () => {
  const store = scratch.at('names');
  await packInto(store, smallModel(7), NAME);
  const numbers = [1, 2, 3, 4, 5];
  for (const number of numbers)
    expect((await runCli(['tag', NAME, `acme/model:gone${number}`], { store })).status).toBe(0);
  const results = await Promise.all([
    ...numbers.map((number) => runCli(['tag', NAME, `acme/model:new${number}`], { store })),
    ...numbers.map((number) => runCli(['remove', `acme/model:gone${number}`], { store })),
  ]);
  expect(statuses(results)).toEqual(results.map(() => 0));
  await using layout = await openLayout(store, 'read');
  const names = (await layout.tags()).map(({ name }) => name).sort();
  expect(names).toEqual([NAME, ...numbers.map((number) => `acme/model:new${number}`)].sort());
});

test('prune in a loop never removes what a running pack needs', async () => {
  const store = scratch.at('pruned');
  await packInto(store, smallModel(8), 'acme/model:kept');
  let isOver = false;
  const pruning = (async () => {
    let count = 0;
    for (; !isOver; count++) {
      const { status, stderr } = await runCli(['prune'], { store });
      // It may give up when others are always at work, and says so.
      if (status !== 0) expect(stderr).toContain('another Waybill process');
    }
    return count;
  })();
  for (let round = 0; round < 4; round++) {
    // Removed first: at the beginning of a pack nothing reaches what it finds in the store.
    await runCli(['remove', NAME], { store });
    const results = await Promise.all([
      runCli(['pack', large, '--tag', NAME, '--no-cache'], { store }),
      runCli(['pack', smallModel(9), '--tag', `acme/model:r${round}`, '--no-cache'], { store }),
    ]);
    expect(statuses(results)).toEqual([0, 0]);
    expect(await damageOf(store)).toEqual([]);
  }
  isOver = true;
  expect(await pruning).toBeGreaterThan(1);
  expect(await damageOf(store)).toEqual([]);
});

test('unpacks to one destination at once: one restores, the others refuse, nothing is left beside it', async () => {
  const store = scratch.at('unpacked');
  await packInto(store, large, NAME);
  const place = scratch.at('destinations');
  fs.mkdirSync(place);
  for (let round = 0; round < 3; round++) {
    const out = path.join(place, `out-${round}`);
    const results = await Promise.all(Array.from({ length: 4 }, () => runCli(['unpack', NAME, out], { store })));
    expect(results.filter(({ status }) => status === 0)).toHaveLength(1);
    for (const { status, stderr } of results) {
      if (status === 0) continue;
      expect(status).toBe(2);
      expect(stderr).toMatch(/another Waybill process is using it|it is not empty/);
    }
    const { SHA256SUMS: _, ...restored } = treeOf(out);
    expect(restored).toEqual(treeOf(large));
  }
  expect(fs.readdirSync(place)).toEqual(['out-0', 'out-1', 'out-2']);
});

test('unpacks of different packages in place of one folder never give a mixture', async () => {
  const store = scratch.at('replaced');
  const models = [smallModel(21), smallModel(22), smallModel(23)];
  for (const [at, model] of models.entries()) await packInto(store, model, `acme/model:v${at}`);
  const trees = models.map((model) => JSON.stringify(treeOf(model)));
  const place = scratch.at('replacing');
  const out = path.join(place, 'out');
  await using layout = await openLayout(store, 'read');
  const random = seeded(12);
  let refused = 0;
  for (let round = 0; round < 40; round++) {
    const outcomes = await Promise.all(
      models.map(async (_, at) => {
        const target = await layout.resolve(`acme/model:v${at}`);
        if (target === undefined) throw new Error('not found');
        // They take turns within one thread: where each begins is left to chance.
        for (let turns = random.below(150); turns > 0; turns--) await undefined;
        return unpack(layout, target, out, { overwrite: true }).then(
          () => 'done',
          (error: unknown) => (error instanceof WaybillError ? error.code : error),
        );
      }),
    );
    for (const outcome of outcomes) expect(['done', 'STORE_BUSY']).toContain(outcome);
    expect(outcomes).toContain('done');
    refused += outcomes.filter((outcome) => outcome !== 'done').length;
    const { SHA256SUMS: _, ...restored } = treeOf(out);
    expect(trees).toContain(JSON.stringify(restored));
    expect(fs.readdirSync(place)).toEqual(['out']);
  }
  expect(refused).toBeGreaterThan(0);
});

test('acquireLock() does not give out the lock of a file that its last owner has removed', async () => {
  const file = scratch.at('removed.lock');
  const request = { mode: 'exclusive', wait: 5_000, attempt: 'Cannot try' } as const;
  const first = await acquireLock(file, request);
  const second = acquireLock(file, request);
  await sleep(60);
  // As a destination does when it is done: the file goes while the lock is held.
  fs.rmSync(file);
  first[Symbol.dispose]();
  using held = await second;
  expect(held).toBeDefined();
  await expect(acquireLock(file, { ...request, wait: 0 })).rejects.toMatchObject({ code: 'STORE_BUSY' });
});

test('a store is opened while another process prunes, as soon as that is done', async () => {
  const store = scratch.at('waiting');
  await packInto(store, smallModel(30), NAME);
  const lock = await acquireLock(path.join(store, '.waybill', 'operations.lock'), {
    mode: 'exclusive',
    wait: 0,
    attempt: 'Cannot try',
  });
  const { child, ended } = startCli(['verify', NAME], { store });
  await sleep(1_500);
  expect(child.exitCode).toBeNull();
  lock[Symbol.dispose]();
  expect((await ended).status).toBe(0);
});
