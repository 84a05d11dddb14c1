/** What a program used, seen from outside: CPU, wall time, memory, bytes through read and write calls. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface Command {
  readonly argv: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** As a reader would type it. */
  readonly text: string;
}

export interface Usage {
  /** Seconds. */
  readonly wall: number;
  readonly user: number;
  readonly system: number;
  /** Largest resident set, in bytes. */
  readonly peak: number;
  /** Bytes through read calls, and through write calls. */
  readonly read: number;
  readonly written: number;
}

const PROGRAM = path.join(import.meta.dirname, 'measure.py');
const MAX_SHOWN = 2_000;

/** @throws Error with what the program said when it fails: a figure of a failure would be worthless */
export function measure({ argv, folder, environment, text }: Command): Usage {
  const { status, stdout, stderr, error } = spawnSync('python3', [PROGRAM, ...argv], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw new Error(`Cannot run python3: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`Cannot measure ${text}: ${stderr.slice(-MAX_SHOWN)}`);
  const { status: own, ...usage } = JSON.parse(stdout) as Usage & { readonly status: number };
  if (own !== 0) throw new Error(`Cannot measure ${text}: it ended with ${own}: ${stderr.slice(-MAX_SHOWN)}`);
  return usage;
}

export const cpuOf = ({ user, system }: Usage): number => user + system;
