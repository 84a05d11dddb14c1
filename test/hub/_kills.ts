/**
 * kill -9 of a hub, and of its garbage collection, while clients work: after each, the hub starts,
 * what it acknowledged is there, what it was told to delete is not, and `fsck` finds nothing wrong.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silent } from '../../src/base/progress.ts';
import { fsck } from '../../src/hub/registry/fsck.ts';
import { startCli } from '../_support/cli.ts';
import { startTestHub } from '../_support/hub.ts';
import { openTestStorage } from '../_support/hub-storage.ts';
import { type Random, seeded } from '../_support/random.ts';
import { Ledger } from './_ledger.ts';
import { fastFolder, serveHub } from './_served.ts';
import { workUntilGone } from './_worker.ts';

const PRELOAD = path.join(import.meta.dirname, '..', 'crash', '_kill-at-step.ts');
/** Calls that change something on the disk: a push of an image has about forty. */
const MAX_STEP = 400;
/** The collection itself has few: its start, and one for each blob that goes. */
const MAX_COLLECT_STEP = 24;
const MAX_DELAY_MILLISECONDS = 250;
const REPOSITORIES = 3;
/** Every so many rounds the collection is killed too. */
const COLLECT_EVERY = 3;

export interface KillReport {
  readonly rounds: number;
  /** Requests that were answered before a kill. */
  answered: number;
  /** Kills of the collection that came before its end. */
  collections: number;
  /** Starts that found files and database apart, or something half-written. */
  mended: number;
  /** Processes that were killed while others of their hub went on. */
  replaced: number;
  readonly violations: string[];
}

export async function killAgainAndAgain({
  seed,
  rounds,
  processes = 1,
  progress = () => {},
}: {
  seed: number;
  rounds: number;
  /** How many serve; when one of several is killed, the others go on. */
  processes?: number;
  progress?: (round: number) => void;
}): Promise<KillReport> {
  const random = seeded(seed);
  const folder = fastFolder();
  const ledgers = Array.from({ length: REPOSITORIES }, (_, at) => new Ledger(`acme/lane${at}`));
  const report: KillReport = { rounds, answered: 0, collections: 0, mended: 0, replaced: 0, violations: [] };
  const note = (round: number, what: string) => (found: readonly string[]) =>
    void report.violations.push(...found.map((text) => `seed ${seed}, round ${round}, ${what}: ${text}`));
  try {
    for (let round = 0; round < rounds && report.violations.length === 0; round++) {
      note(round, 'at work')(await workAndKill(folder, { ledgers, random, report, processes }));
      if ((await errorsIn(folder)).length > 0) report.mended += 1;
      note(round, 'after the kill')(await startAndCheck(folder, ledgers));
      if (round % COLLECT_EVERY === COLLECT_EVERY - 1) {
        if (await collectAndKill(folder, random)) report.collections += 1;
        for (const ledger of ledgers) ledger.collected();
        note(round, 'after the collection')(await startAndCheck(folder, ledgers));
      }
      progress(round + 1);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
    fs.rmSync(`${folder}.yaml`, { force: true });
  }
  return report;
}

/** Half of the kills come before a certain step on the disk, the others at a moment. */
async function workAndKill(
  folder: string,
  {
    ledgers,
    random,
    report,
    processes,
  }: { ledgers: readonly Ledger[]; random: Random; report: KillReport; processes: number },
): Promise<readonly string[]> {
  const isAtStep = random.below(2) === 0;
  const step = 1 + random.below(MAX_STEP);
  const under = isAtStep ? ['env', `WAYBILL_TEST_KILL_AT=${step}`] : [];
  const node = isAtStep ? ['--import', PRELOAD] : [];
  const hub = await serveHub(folder, { under, node, processes }).catch(() => undefined);
  // The step was one of its start.
  if (hub === undefined) return [];
  const answered = () => {
    report.answered += 1;
  };
  const working = Promise.all(
    ledgers.map((ledger) =>
      workUntilGone({ address: hub.address, ledger, random: seeded(random.below(2 ** 31)), answered }),
    ),
  );
  const delay = random.below(MAX_DELAY_MILLISECONDS);
  // A step that is not reached is no kill: then a moment decides after all.
  if (isAtStep) await Promise.race([once(hub.child, 'exit'), working, sleep(4 * MAX_DELAY_MILLISECONDS)]);
  else await sleep(delay);
  await hub.kill();
  report.replaced += hub.replaced.length;
  const crashed = hub.replaced.filter(({ by }) => by !== 'SIGKILL').map((ended) => JSON.stringify(ended));
  return [...(await working).flat(), ...hub.faults, ...crashed];
}

/** The hub starts, tells what it was told, ends, and what it keeps agrees. */
async function startAndCheck(folder: string, ledgers: readonly Ledger[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  {
    await using hub = await startTestHub(folder);
    for (const ledger of ledgers) wrong.push(...(await ledger.check(hub.address)));
  }
  return [...wrong, ...(await errorsIn(folder))];
}

async function errorsIn(folder: string): Promise<readonly string[]> {
  await using storage = await openTestStorage(folder);
  const { findings } = await fsck({ folder, database: storage.database, progress: silent });
  return (
    findings
      // Of requests that were cut short nothing is pending once the hub has started again; half-written files wait for their grace.
      .filter(({ level, rule }) => level !== 'note' || rule === 'hub-not-ended')
      .map(({ rule, path: place, message }) => `${rule} ${place}: ${message}`)
  );
}

/** @returns whether it was killed before its end */
async function collectAndKill(folder: string, random: Random): Promise<boolean> {
  const { ended } = startCli(['hub', 'gc', '--grace', '0', '--data', folder], {
    store: path.join(folder, 'unused'),
    node: ['--import', PRELOAD],
    environment: { WAYBILL_TEST_KILL_AT: String(1 + random.below(MAX_COLLECT_STEP)) },
  });
  return (await ended).signal === 'SIGKILL';
}
