/** Ctrl-C and its kind: nothing half-done is left, the signal is passed on, and the next run succeeds. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRegistry } from '../_registry/server.ts';
import { type CliResult, runCli, startCli } from '../_support/cli.ts';
import { seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { makeFolder, packInto } from '../_support/source.ts';
import { treeOf } from '../_support/tree.ts';
import { damageOf } from './_victim.ts';

const NAME = 'acme/model:1.0.0';
let scratch: Scratch;
/** Large enough that threads do the work, and that there is time to interrupt it. */
let model: string;
let ready: string;
beforeAll(async () => {
  scratch = makeScratch();
  const random = seeded(17);
  const parts = Array.from({ length: 5 }, (_, at) => [`weights/${at}.bin`, random.bytes(16_000_000)] as const);
  model = makeFolder(scratch.at('model'), Object.fromEntries(parts));
  ready = scratch.at('ready');
  await packInto(ready, model, NAME);
});
afterAll(() => scratch[Symbol.dispose]());

/** Interrupts a command once something shows that it is at work. */
async function interrupt(
  words: readonly string[],
  store: string,
  sign: () => boolean,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<CliResult> {
  const { child, ended } = startCli(words, { store });
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && !sign()) await sleep(2);
  child.kill(signal);
  return ended;
}

const filesIn = (folder: string) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

/** Something has been written below the folder. */
function hasContent(folder: string): boolean {
  if (!fs.existsSync(folder)) return false;
  try {
    return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => {
      const isContent = entry.isFile() && /^(?:[0-9a-f]{16}|\d+\.bin|\..*)$/.test(entry.name);
      return isContent && fs.statSync(path.join(entry.parentPath, entry.name)).size > 0;
    });
  } catch {
    return false; // It goes as it is looked at.
  }
}

/** Whoever asks a shell hears 130: the process ended by the signal itself. */
function expectInterrupted({ status, signal, stdout, stderr }: CliResult, by: NodeJS.Signals = 'SIGINT'): void {
  expect([status, signal], stderr).toEqual([null, by]);
  expect(stdout).toBe('');
  expect(stderr).toContain('nothing half-done was left behind');
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (by) => {
  test('during pack leaves no name and nothing unfinished', async () => {
    const store = scratch.at(`pack-${by}`);
    const ingest = path.join(store, '.waybill', 'ingest');
    expectInterrupted(await interrupt(['pack', model, '--no-cache'], store, () => hasContent(ingest), by), by);
    expect(filesIn(ingest)).toEqual([]);
    expect(JSON.parse((await runCli(['list', '--json'], { store })).stdout).artifacts).toEqual([]);
    expect(await damageOf(store)).toEqual([]);
    expect((await runCli(['pack', model], { store })).status).toBe(0);
    expect(await damageOf(store)).toEqual([]);
  });

  test('during unpack leaves nothing at the destination nor beside it', async () => {
    const place = scratch.at(`unpack-${by}`);
    fs.mkdirSync(place);
    const out = path.join(place, 'out');
    const sign = () => hasContent(path.join(place, '.out.waybill'));
    expectInterrupted(await interrupt(['unpack', NAME, out], ready, sign, by), by);
    expect(fs.readdirSync(place)).toEqual([]);
    expect((await runCli(['unpack', NAME, out], { store: ready })).status).toBe(0);
    const { SHA256SUMS: _, ...restored } = treeOf(out);
    expect(restored).toEqual(treeOf(model));
  });
});

test('Ctrl-C during unpack --force leaves the folder that was there', async () => {
  const place = scratch.at('force');
  const out = makeFolder(path.join(place, 'out'), { 'weights/mine.bin': 'mine' });
  const before = treeOf(out);
  const sign = () => hasContent(path.join(place, '.out.waybill'));
  expectInterrupted(await interrupt(['unpack', NAME, out, '--force'], ready, sign));
  expect(treeOf(out)).toEqual(before);
  expect(fs.readdirSync(place)).toEqual(['out']);
});

test('Ctrl-C during copy to a layout leaves no name and nothing unfinished', async () => {
  const to = scratch.at('copied');
  const ingest = path.join(to, '.waybill', 'ingest');
  expectInterrupted(await interrupt(['copy', NAME, `oci:${to}:1.0.0`], ready, () => hasContent(ingest)));
  expect(filesIn(ingest)).toEqual([]);
  expect(JSON.parse(fs.readFileSync(path.join(to, 'index.json'), 'utf8')).manifests).toEqual([]);
  expect((await runCli(['copy', NAME, `oci:${to}:1.0.0`], { store: ready })).status).toBe(0);
  expect(await damageOf(to)).toEqual([]);
});

test('Ctrl-C during copy to an archive leaves no file', async () => {
  const place = scratch.at('archive');
  fs.mkdirSync(place);
  const words = ['copy', NAME, `oci-archive:${path.join(place, 'out.tar')}`];
  expectInterrupted(await interrupt(words, ready, () => hasContent(place)));
  expect(fs.readdirSync(place)).toEqual([]);
  expect((await runCli(words, { store: ready })).status).toBe(0);
});

test('Ctrl-C during verify gives no verdict', async () => {
  const { child, ended } = startCli(['verify', NAME], { store: ready });
  // Behind the start of Node, which takes about as long everywhere as the work here.
  await sleep(200);
  child.kill('SIGINT');
  const { status, signal, stdout } = await ended;
  if (signal === null) expect([status, stdout.startsWith('pass')]).toEqual([0, true]);
  else expect(stdout).not.toContain('pass');
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  '%s during pull keeps what has arrived, and the same command goes on',
  async (by) => {
    await using registry = await startRegistry();
    const name = `${registry.host}/acme/model:1.0.0`;
    expect((await runCli(['push', NAME, name], { store: ready })).status).toBe(0);
    // Half of a file comes, and then nothing.
    registry.faults.stalls = 100;
    const store = scratch.at(`pull-${by}`);
    const partial = path.join(store, '.waybill', 'partial');
    const sizes = () =>
      filesIn(partial).map((file) => fs.statSync(path.join(partial, file), { throwIfNoEntry: false })?.size ?? 0);
    const isStalled = () => sizes().some((size) => size > 1_000_000);
    const { signal, stderr } = await interrupt(['pull', name], store, isStalled, by);
    expect(signal).toBe(by);
    if (by === 'SIGINT')
      expect(stderr).toContain('interrupted: what has arrived is kept, run the same command again to go on');
    expect(filesIn(partial).length).toBeGreaterThan(0);
    registry.faults.stalls = 0;
    const { status, stdout } = await runCli(['pull', name, '--json'], { store });
    expect([status, JSON.parse(stdout).resumed]).toEqual([0, true]);
    expect(filesIn(partial)).toEqual([]);
    expect(await damageOf(store)).toEqual([]);
  },
);
