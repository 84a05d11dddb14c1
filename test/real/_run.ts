/** Runs programs, ours and others', and says all that one said when it fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { commandOf, type ToolName } from './_tools.ts';

export const repository: string = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
export const node: string = path.join(repository, 'node_modules', '.bin', 'node');

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was printed on stdout, byte for byte. */
  readonly bytes: Buffer;
}

/** Runs a program to its end, whatever that is. */
export function attempt(command: string, words: readonly string[], { cwd, env, input }: RunOptions = {}): Outcome {
  const { status, stdout, stderr, error, signal } = spawnSync(command, words, {
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) throw new Error(`cannot run ${command}: ${error.message}`, { cause: error });
  if (status === null) throw new Error(`${command} ${words.join(' ')} was stopped by ${signal}`);
  return { status, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout };
}

/** Runs a program that has to succeed. */
export function run(command: string, words: readonly string[], options: RunOptions = {}): Outcome {
  const outcome = attempt(command, words, options);
  if (outcome.status === 0) return outcome;
  throw new Error(
    `${command} ${words.join(' ')} ended with ${outcome.status}\n${outcome.stdout.slice(-4000)}\n${outcome.stderr.slice(-4000)}`,
  );
}

/** Runs one of the tools that install.ts brought; it has to succeed. */
export function tool(name: ToolName, words: readonly string[], options: RunOptions = {}): Outcome {
  return run(commandOf(name), words, options);
}

/** A new folder, removed when the tests of the file have run. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'waybill-real-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
