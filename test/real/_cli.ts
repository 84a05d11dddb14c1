/** The real command line, run from its sources in a process of its own. */
import path from 'node:path';
import { attempt, node, type Outcome, type RunOptions, repository, run } from './_run.ts';

/** A command line with a store, a digest cache and a home folder that nobody else uses. */
export interface Cli {
  readonly store: string;
  /** Runs a verb that has to succeed. */
  run(...words: readonly string[]): Outcome;
  /** Runs a verb to its end, whatever that is. */
  attempt(...words: readonly string[]): Outcome;
  /** Runs a verb that has to succeed, and reads its JSON. */
  json<T>(...words: readonly string[]): T;
  /** The same command line with a text on its standard input. */
  input(text: string): Cli;
}

export interface PackedJson {
  readonly reference: string;
  readonly digest: string;
  readonly setDigest: string;
  readonly fileCount: number;
  readonly layerCount: number;
}

export interface FindingJson {
  readonly rule: string;
  readonly level: 'note' | 'warning' | 'error';
  readonly path?: string;
  readonly message: string;
}

export interface VerifiedJson {
  readonly verdict: 'pass' | 'fail';
  readonly digest: string;
  readonly fileCount: number;
  readonly bytesRead: number;
  readonly findings: readonly FindingJson[];
}

export interface InspectedJson {
  readonly digest: string;
  readonly artifactType: string;
  readonly dialect: { readonly id: string };
  readonly files: readonly FileJson[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly referrers: readonly { readonly digest: string; readonly artifactType?: string }[];
}

export interface FileJson {
  readonly path: string;
  readonly component: string;
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly mode: string;
}

/** @param folder a temporary folder, for the store and all else that a user has */
export function openCli(folder: string, options: RunOptions = {}): Cli {
  const store = path.join(folder, 'store');
  const main = path.join(repository, 'src', 'cli', 'main.ts');
  const home = { HOME: folder, XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined, WAYBILL_STORE: store };
  const settings = { ...options, env: { ...home, ...options.env } };
  return {
    store,
    run: (...words) => run(node, [main, ...words], settings),
    attempt: (...words) => attempt(node, [main, ...words], settings),
    input: (text) => openCli(folder, { ...options, input: text }),
    json: (...words) => JSON.parse(run(node, [main, ...words, '--json'], settings).stdout),
  };
}
