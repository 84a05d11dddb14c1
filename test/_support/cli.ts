/** Runs the real command line in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const MAIN = path.join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

export interface CliOptions {
  /** The local store. */
  readonly store: string;
  /** Words for Node itself, before the script. */
  readonly node?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs the rest of the line: `['sh', '-c', 'ulimit -f 8; exec "$@"', 'sh']`. */
  readonly under?: readonly string[];
}

export interface CliResult {
  /** The exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

export function startCli(words: readonly string[], options: CliOptions): RunningCli {
  const line = [...(options.under ?? []), process.execPath, ...(options.node ?? []), MAIN, ...words];
  const child = spawn(line[0] ?? process.execPath, line.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Longer than any test: what hangs must not outlive the one that failed because of it.
    timeout: 120_000,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      // Beside the store, so that nothing of the user's own is read or written.
      XDG_CACHE_HOME: `${options.store}.cache`,
      XDG_DATA_HOME: `${options.store}.data`,
      NO_COLOR: '1',
      ...options.environment,
      WAYBILL_STORE: options.store,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { child, ended };
}

export function runCli(words: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(words, options).ended;
}
