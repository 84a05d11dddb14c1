/**
 * kill -9 before a step that a command takes on the disk, counted and not timed: afterwards everything
 * that has a name verifies, nothing half-done is visible, and the same command succeeds. Some steps of
 * each command, spread over all of them; WAYBILL_EVERY_STEP=1 tries every one, which takes minutes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prune } from '../../src/oci/layout/prune.ts';
import { type CliResult, runCli } from '../_support/cli.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';
import { treeOf } from '../_support/tree.ts';
import { damageOf } from './_victim.ts';

const PRELOAD = path.join(import.meta.dirname, '_kill-at-step.ts');
const NAME = 'acme/model:1.0.0';
const OTHER = 'acme/model:other';

let scratch: Scratch;
let model: string;
/** A store with the model under two names, and content that no name reaches. */
let ready: string;
beforeAll(async () => {
  scratch = makeScratch();
  const random = seeded(9);
  const files = { 'weights/a.bin': random.bytes(70_000), 'weights/sub/b.bin': random.bytes(100), 'weights/c.bin': '' };
  const old = makeFolder(scratch.at('old'), { 'weights/old.bin': random.bytes(500) });
  model = makeFolder(scratch.at('model'), files);
  ready = scratch.at('ready');
  await packInto(ready, old, NAME);
  await packInto(ready, model, NAME);
  await packInto(ready, model, OTHER);
});
afterAll(() => scratch[Symbol.dispose]());

interface Trial {
  /** Begins with a copy of the store that is ready, or with none. */
  readonly store: 'ready' | 'none';
  words(place: Place): string[];
  before?(place: Place): void;
  /** What must hold whenever the command was ended. */
  after?(place: Place): Promise<void> | void;
}

interface Place {
  readonly store: string;
  readonly out: string;
}

/** How many are tried of each command, beside its last ones. */
const TRIED = 4;

/** Runs a command and kills it, again and again, each time at another step. @returns how many steps it has */
async function killAtSteps(name: string, trial: Trial): Promise<number> {
  const undisturbed = await tryOnce(`${name}-whole`, trial, 0);
  expect([undisturbed.status, undisturbed.signal]).toEqual([0, null]);
  const steps = Number(/^steps (\d+)$/m.exec(undisturbed.stderr)?.[1]);
  const isAll = process.env['WAYBILL_EVERY_STEP'] === '1';
  const spread = Array.from(
    { length: isAll ? steps : TRIED },
    (_, at) => 1 + Math.floor((at * steps) / (isAll ? steps : TRIED)),
  );
  for (const at of new Set([...spread, steps - 2, steps - 1, steps])) {
    const { signal } = await tryOnce(`${name}-${at}`, trial, at);
    expect(signal, `${name}, step ${at}`).toBe('SIGKILL');
  }
  return steps;
}

async function tryOnce(name: string, trial: Trial, at: number): Promise<CliResult> {
  const folder = scratch.at(name);
  const place = { store: path.join(folder, 'store'), out: path.join(folder, 'out') };
  fs.mkdirSync(folder);
  if (trial.store === 'ready') fs.cpSync(ready, place.store, { recursive: true });
  trial.before?.(place);
  const words = [...trial.words(place), '--quiet'];
  const environment = { WAYBILL_TEST_KILL_AT: String(at) };
  const result = await runCli(words, { store: place.store, node: ['--import', PRELOAD], environment });
  expect(await damageOf(place.store), name).toEqual([]);
  await trial.after?.(place);
  // Now and then, so that the test takes seconds: the same again, by a process that nobody disturbs.
  if (at % 3 === 1) {
    const again = await runCli(words, { store: place.store });
    expect(again.status, `${name} again: ${again.stderr}`).toBe(0);
    expect(await damageOf(place.store)).toEqual([]);
    await trial.after?.(place);
    expect(fs.readdirSync(folder)).not.toContain('.out.waybill');
  }
  if (fs.existsSync(path.join(place.store, 'oci-layout'))) await expectPrunable(place.store);
  fs.rmSync(folder, { recursive: true });
  return result;
}

/** After prune() nothing lies about, and what has a name is whole. */
async function expectPrunable(store: string): Promise<void> {
  await prune(store);
  expect(fs.readdirSync(path.join(store, '.waybill', 'ingest'))).toEqual([]);
  expect(fs.readdirSync(store).sort()).toEqual(['.waybill', 'blobs', 'index.json', 'oci-layout']);
  expect(await damageOf(store)).toEqual([]);
}

/** The destination is absent, or all that the package has. */
function expectAbsentOrWhole({ out }: Place): void {
  if (!fs.existsSync(out)) return;
  const { SHA256SUMS: _, ...restored } = treeOf(out);
  expect(restored).toEqual(treeOf(model));
}

describe.concurrent('kill -9 before the steps of', { timeout: 240_000 }, () => {
  test('pack into no store', async () => {
    const steps = await killAtSteps('fresh', { store: 'none', words: () => ['pack', model] });
    expect(steps).toBeGreaterThan(20);
  });

  test('pack of another version into a store', async () => {
    const steps = await killAtSteps('pack', {
      store: 'ready',
      words: () => ['pack', scratch.at('old'), '--tag', OTHER],
    });
    expect(steps).toBeGreaterThan(5);
  });

  test('pack --link', async () => {
    // Its own files: a hard link moves their times on, and others pack the model meanwhile.
    const own = scratch.at('linked-model');
    fs.cpSync(model, own, { recursive: true });
    const before = treeOf(own);
    const after = () => expect(treeOf(own)).toEqual(before);
    const steps = await killAtSteps('link', { store: 'none', words: () => ['pack', own, '--link'], after });
    expect(steps).toBeGreaterThan(10);
  });

  test('unpack', async () => {
    const words = ({ out }: Place) => ['unpack', NAME, out, '--force'];
    const steps = await killAtSteps('unpack', { store: 'ready', words, after: expectAbsentOrWhole });
    expect(steps).toBeGreaterThan(20);
  });

  test('unpack in place of another folder', async () => {
    const before = ({ out }: Place) => void makeFolder(out, { 'weights/mine.bin': 'mine' });
    const after = (place: Place) => {
      const { out } = place;
      // Between two renames it lies aside, whole; the next run puts it back before it begins.
      const aside = path.join(path.dirname(out), '.out.waybill', 'replaced');
      const old = fs.existsSync(out) ? out : aside;
      if (fs.existsSync(path.join(old, 'weights/mine.bin'))) expect(Object.keys(treeOf(old))).toHaveLength(3);
      else expectAbsentOrWhole(place);
      expect(fs.existsSync(old)).toBe(true);
    };
    const words = ({ out }: Place) => ['unpack', NAME, out, '--force'];
    const steps = await killAtSteps('replace', { store: 'ready', words, before, after });
    expect(steps).toBeGreaterThan(20);
  });

  test('tag', async () => {
    const steps = await killAtSteps('tag', {
      store: 'ready',
      words: () => ['tag', NAME, 'acme/model:new', '--force'],
    });
    expect(steps).toBeGreaterThan(3);
  });

  test('prune', async () => {
    const steps = await killAtSteps('prune', { store: 'ready', words: () => ['prune'] });
    expect(steps).toBeGreaterThan(3);
  });

  test('copy to a layout', async () => {
    const words = ({ out }: Place) => ['copy', NAME, `oci:${out}:1.0.0`];
    const after = async ({ out }: Place) => expect(await damageOf(out)).toEqual([]);
    const steps = await killAtSteps('layout', { store: 'ready', words, after });
    expect(steps).toBeGreaterThan(20);
  });

  test('copy to an archive', async () => {
    const words = ({ out }: Place) => ['copy', NAME, `oci-archive:${out}:1.0.0`, '--force'];
    const after = async ({ out, store }: Place) => {
      if (!fs.existsSync(out)) return;
      expect((await runCli(['verify', `oci-archive:${out}`], { store })).status).toBe(0);
    };
    const steps = await killAtSteps('archive', { store: 'ready', words, after });
    expect(steps).toBeGreaterThan(20);
  });
});
