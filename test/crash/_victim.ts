/** A command that is killed: the real command line as a child process, ended at a chosen moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verdictOf } from '../../src/base/finding.ts';
import { silent } from '../../src/base/progress.ts';
import { verify } from '../../src/model/verify.ts';
import { checkLayoutContent } from '../../src/oci/layout/check.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';

/** Numbers that look random and are the same in every run: Mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Workplace {
  readonly root: string;
  readonly model: string;
  readonly store: string;
}

/** A model of some megabytes in a folder of its own, with files of every kind of layer. */
export function makeWorkplace(seed: number): Workplace {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-crash-'));
  const model = path.join(root, 'model');
  const random = seeded(seed);
  const write = (name: string, size: number) => {
    fs.mkdirSync(path.dirname(path.join(model, name)), { recursive: true });
    fs.writeFileSync(path.join(model, name), Buffer.from(Array.from({ length: size }, () => random() * 256)));
  };
  for (let index = 0; index < 4; index++) write(`weights/part-${index}.bin`, 1_500_000);
  for (let index = 0; index < 70; index++) write(`data/${index}.csv`, 40);
  write('README.md', 100);
  fs.writeFileSync(
    path.join(model, 'waybill.yaml'),
    'waybill: 1\nname: acme/crash\nversion: 1.0.0\ncomponents: { weights: [weights/**], data: [data/**], docs: [README.md] }\n',
  );
  return { root, model, store: path.join(root, 'store') };
}

export function start({ root, store }: Workplace, ...words: string[]): ChildProcess {
  const env = { ...process.env, WAYBILL_STORE: store, XDG_CACHE_HOME: path.join(root, 'cache') };
  return spawn(process.execPath, ['src/cli/main.ts', ...words], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** @returns the exit status; null after a signal */
export async function run(workplace: Workplace, ...words: string[]): Promise<number | null> {
  const child = start(workplace, ...words);
  const [status] = await once(child, 'close');
  return status;
}

/** How long a command takes when nobody disturbs it; corrected by each kill, because machines are busy and idle by turns. */
export interface Pace {
  milliseconds: number;
}

export async function paceOf(work: () => Promise<unknown>): Promise<Pace> {
  const began = performance.now();
  await work();
  return { milliseconds: performance.now() - began };
}

/** Kills a command at a moment of its second half, where it does its work. @returns whether it was still running */
export async function killWithin(child: ChildProcess, pace: Pace, random: () => number): Promise<boolean> {
  const ended = once(child, 'close');
  await Promise.race([sleep(pace.milliseconds * (0.4 + 0.75 * random())), ended]);
  const wasRunning = child.exitCode === null && child.signalCode === null;
  pace.milliseconds *= wasRunning ? 1.05 : 0.85;
  child.kill('SIGKILL');
  await ended;
  return wasRunning;
}

/** What is wrong with a store after a kill; an empty list when nothing is. */
export async function damageOf(store: string): Promise<string[]> {
  if (!fs.existsSync(store) || !fs.existsSync(path.join(store, 'oci-layout'))) return [];
  await using layout = await openLayout(store, 'read');
  const { findings } = await checkLayoutContent(layout, { progress: silent });
  const wrong =
    verdictOf(findings) === 'pass' ? [] : findings.map(({ rule, path, message }) => `${rule} ${path}: ${message}`);
  for (const { name, target } of await layout.tags()) {
    const result = await verify(layout, target);
    if (result.verdict !== 'pass') wrong.push(`${name}: ${result.findings.map(({ message }) => message).join('; ')}`);
  }
  return wrong;
}
