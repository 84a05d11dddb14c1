/**
 * A log whose writer is killed with kill -9 at seeded random moments, 120 times, while others read it: whatever was shown
 * to anybody is the beginning of what is shown later, and nothing that was acknowledged is gone. Then some steps of
 * `log append`, counted and not timed; WAYBILL_EVERY_STEP=1 tries every one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inParallel } from '../../src/base/parallel.ts';
import { checkLog } from '../../src/trust/log/checking/check.ts';
import { type Checkpoint, openCheckpoint } from '../../src/trust/log/checkpoint.ts';
import { parseVerifierKey } from '../../src/trust/log/note/keys.ts';
import { goesOn } from '../../src/trust/log/reading/consistency.ts';
import { folderReader } from '../../src/trust/log/reading/folder.ts';
import { rootOf } from '../../src/trust/log/reading/tiles.ts';
import { createLog, openLogWriter } from '../../src/trust/log/writer/open.ts';
import { runCli } from '../_support/cli.ts';
import { logKeyText, logSigner, makeLog, ORIGIN, verifierKey } from '../_support/log.ts';
import { type Random, seeded } from '../_support/random.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

const LANES = 2;
const ROUNDS = 60;
const PRELOAD = path.join(import.meta.dirname, '_kill-at-step.ts');
const APPENDER = path.join(import.meta.dirname, '_append-to-log.ts');
const identity = { origin: ORIGIN, key: parseVerifierKey(verifierKey()) };

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => scratch[Symbol.dispose]());

test('append: 120 kills never show a tree that shrank or forked, and lose nothing', { timeout: 300_000 }, async () => {
  const lanes = Array.from({ length: LANES }, (_, lane) => killAgainAndAgain(scratch.at(`log-${lane}`), 100 * lane));
  const results = await Promise.all(lanes);
  for (const { inTime, finished } of results) {
    // Not before it had done anything, and in the midst of a batch often enough.
    expect(inTime).toBeGreaterThan(ROUNDS / 3);
    expect(finished).toBeGreaterThan(0);
  }
});

test('log append, killed before a step on the disk, leaves a log that the next one goes on with', {
  timeout: 300_000,
}, async () => {
  const key = scratch.at('log.key');
  fs.writeFileSync(key, logKeyText(), { mode: 0o600 });
  fs.writeFileSync(
    scratch.at('entries'),
    Buffer.from(Array.from({ length: 300 }, (_, at) => `entry ${at}`).join('\n')),
  );
  const append = async (name: string, at: number) => {
    const folder = scratch.at(name);
    if (!fs.existsSync(folder)) await makeLog(folder, 250);
    const words = ['log', 'append', folder, scratch.at('entries'), '--lines', '--key', key, '--quiet'];
    const environment = { WAYBILL_TEST_KILL_AT: String(at), XDG_DATA_HOME: scratch.at(`${name}-data`) };
    return await runCli(words, { store: scratch.at(`${name}-store`), node: ['--import', PRELOAD], environment });
  };
  const undisturbed = await append('undisturbed', 0);
  expect(undisturbed.status, undisturbed.stderr).toBe(0);
  const steps = Number(/^steps (\d+)$/m.exec(undisturbed.stderr)?.[1]);
  expect(steps).toBeGreaterThan(20);
  const isAll = process.env['WAYBILL_EVERY_STEP'] === '1';
  const tried = Array.from({ length: steps }, (_, at) => at + 1).filter(
    (at) => isAll || at % 4 === 0 || at > steps - 2,
  );
  await inParallel(tried, 2, async (at) => {
    const name = `step-${at}`;
    expect((await append(name, at)).signal, name).toBe('SIGKILL');
    const folder = scratch.at(name);
    const killed = show(folder);
    expect([250, 550], name).toContain(killed.size);
    expect(await rootOf(folderReader(folder), killed.size)).toEqual(killed.root);
    expect((await append(name, 0)).status, name).toBe(0);
    const after = show(folder);
    // Once if nothing of it was on the disk; again if all of it was, whether or not that was said.
    expect([550, 850], name).toContain(after.size);
    expect(await checkLog(folderReader(folder), after)).toMatchObject({ verdict: 'pass', entries: after.size });
    expect(await goesOn(folderReader(folder), killed, after)).toBe(true);
  });
});

async function killAgainAndAgain(folder: string, seed: number): Promise<{ inTime: number; finished: number }> {
  const random = seeded(seed);
  const seen: Checkpoint[] = [await createLog(folder, ORIGIN, logSigner())];
  let [inTime, finished, acknowledged] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const said = await killOnce(folder, { random, seed: seed + round, seen });
    if (said > 0) inTime += 1;
    acknowledged = Math.max(acknowledged, said);
    // As somebody sees it who reads the folder before anybody writes to it again.
    const now = show(folder);
    seen.push(now);
    expect(now.size).toBeGreaterThanOrEqual(acknowledged);
    expect(await rootOf(folderReader(folder), now.size)).toEqual(now.root);
    if (round % 10 !== 9) continue;
    using writer = await openLogWriter(folder, logSigner());
    finished += writer.finished;
    seen.push(writer.checkpoint);
  }
  const last = show(folder);
  expect(await checkLog(folderReader(folder), last)).toEqual({ verdict: 'pass', entries: last.size, findings: [] });
  for (const [at, checkpoint] of seen.entries()) {
    expect(checkpoint.size).toBeGreaterThanOrEqual(seen[at - 1]?.size ?? 0);
    expect(await goesOn(folderReader(folder), checkpoint, last), `${checkpoint.size} in ${last.size}`).toBe(true);
  }
  return { inTime, finished };
}

/** @returns how many entries it acknowledged before it was killed, 0 when it had not come so far */
async function killOnce(
  folder: string,
  { random, seed, seen }: { readonly random: Random; readonly seed: number; readonly seen: Checkpoint[] },
): Promise<number> {
  const child = spawn(process.execPath, [APPENDER, folder, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // Most come while it adds, some while it starts and goes on from the journal.
  if (random.below(5) > 0) await Promise.race([once(child.stdout, 'data'), closed]);
  else await sleep(40 + random.below(120));
  for (let looks = random.below(3); looks > 0; looks--) {
    await sleep(random.next() * 15);
    seen.push(show(folder));
  }
  await sleep(random.next() * 10);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  const sizes = said.split('\n').slice(0, -1).map(Number);
  return sizes.at(-1) ?? 0;
}

const show = (folder: string) => openCheckpoint(fs.readFileSync(path.join(folder, 'checkpoint')), identity);
