/**
 * `npm run bench`: measures the built package against the floors and targets of docs/benchmarks.md.
 * A measurement, not a test: it ends well whatever it finds.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases/index.ts';
import { describeMachine } from './machine.ts';
import { formatDocument, formatTable } from './report.ts';
import type { Row } from './row.ts';
import { GIB } from './samples.ts';
import { type Sizes, sizes, Trial } from './trial.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const DEFAULT_ROUNDS = 7;
const USAGE = `usage: npm run bench -- [--small] [--only CASE,…] [--rounds ${DEFAULT_ROUNDS}] [--folder DIR] [--out FILE]
  cases: ${cases.map(({ id }) => id).join(', ')}
  --folder  where the models and stores lie while it runs (default: the folder for temporary files)
  --out     the page to write (default: docs/benchmarks.md when everything runs at full size, else none)`;

interface Wishes {
  readonly chosen: Sizes;
  readonly only: readonly string[];
  readonly rounds: number;
  readonly folder: string;
  readonly page: string | undefined;
}

function readWishes(): Wishes {
  const { values } = parseArgs({
    options: {
      small: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string', default: String(DEFAULT_ROUNDS) },
      folder: { type: 'string', default: os.tmpdir() },
      out: { type: 'string' },
    },
  });
  const ids = cases.map(({ id }) => id);
  const only = values.only?.split(',') ?? ids;
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`there is no case ${unknown}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number above 0');
  const isWhole = !values.small && values.only === undefined;
  const page = values.out ?? (isWhole ? path.join(REPOSITORY, 'docs/benchmarks.md') : undefined);
  return { chosen: sizes[values.small ? 'small' : 'full'], only, rounds, folder: path.resolve(values.folder), page };
}

async function run({ chosen, only, rounds, folder, page }: Wishes): Promise<void> {
  checkSpace(folder, chosen);
  console.error('building');
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: REPOSITORY, stdio: 'inherit' });
  const machine = describeMachine(folder);
  const rows: Row[] = [];
  {
    using trial = new Trial(folder, REPOSITORY, chosen, rounds);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(trial));
    for (const measured of cases.filter(({ id }) => only.includes(id))) {
      console.error(`measuring ${measured.id}`);
      const found = await measured.run(trial);
      for (const { note } of found) if (note !== undefined) console.error(`  ${note}`);
      rows.push(...found);
    }
  }
  console.log(`${machine.join('\n')}\n${sizeOf(chosen)}, ${rounds} rounds\n\n${formatTable(rows)}`);
  if (chosen.name === 'small') console.log('\nTargets are for full sizes: here starting weighs eight times as much.');
  if (page === undefined) return;
  fs.writeFileSync(page, formatDocument({ size: sizeOf(chosen), rounds, machine, rows }));
  console.error(`wrote ${page}`);
}

function checkSpace(folder: string, { space }: Sizes): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  if (bavail * bsize >= space) return;
  throw new Error(
    `${folder} has ${(bavail * bsize) / GIB} GiB free, ${space / GIB} are needed: name another with --folder, or use --small`,
  );
}

function stop(trial: Trial): void {
  trial[Symbol.dispose]();
  process.exit(130);
}

function sizeOf({ name, shards, sparse, large, files, manyFiles }: Sizes): string {
  const count = (value: number) => value.toLocaleString('en');
  return `Sizes: ${name} (${shards / GIB} GiB in four shards; memory with ${large / GIB} and ${sparse / GIB} GiB; ${count(files)} and ${count(manyFiles)} small files)`;
}

try {
  await run(readWishes());
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
