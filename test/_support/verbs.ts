/** Runs a verb of the command line in this process: as `run()` does, without its texts. */
import path from 'node:path';
import { errorCodes, WaybillError } from '../../src/base/errors.ts';
import { silent } from '../../src/base/progress.ts';
import { readInput } from '../../src/cli/arguments.ts';
import { commands } from '../../src/cli/commands/index.ts';
import type { Context } from '../../src/cli/context.ts';

export interface Machine {
  /** Where everything lies that Waybill keeps. */
  readonly folder: string;
  /** What the clock shows. */
  readonly now?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface VerbResult {
  /** 0 yes or done, 1 no, 2 could not tell. */
  readonly status: number;
  /** Its JSON; none where it failed. */
  readonly output: Record<string, unknown> | undefined;
  readonly error: WaybillError | undefined;
}

/** @throws what is a bug */
export async function runVerb(words: readonly string[], machine: Machine): Promise<VerbResult> {
  const [verb = '', ...rest] = words;
  const command = await commands[verb]?.();
  if (command === undefined) throw new Error(`there is no verb ${verb}`);
  const input = readInput(command, rest);
  try {
    const output = await command.run(contextOf(machine, input), input);
    return { status: command.exitOf?.(output) ?? 0, output: output as Record<string, unknown>, error: undefined };
  } catch (error) {
    if (error instanceof WaybillError) return { status: errorCodes[error.code].exit, output: undefined, error };
    throw error;
  }
}

export function storeOf({ folder }: Machine): string {
  return path.join(folder, 'store');
}

function contextOf(machine: Machine, input: { has(name: string): boolean }): Context {
  const { folder, now, environment = {} } = machine;
  return {
    environment: {
      HOME: folder,
      XDG_DATA_HOME: path.join(folder, 'data'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
      ...environment,
    },
    platform: process.platform,
    clock: { now: () => now ?? Date.now() },
    progress: silent,
    signal: new AbortController().signal,
    storeFolder: storeOf(machine),
    plainHttp: input.has('plain-http'),
    certificateFile: undefined,
    allCommands: async () => [],
    ready() {},
    note() {},
    isQuiet: true,
  };
}

/** The outcome of each requirement: `satisfied`, `missing`, or why the first statement does not count. */
export function requirementsOf({ output }: VerbResult): readonly string[] {
  const all = (output?.['requirements'] ?? []) as { satisfied: boolean; refused: { reason: string }[] }[];
  return all.map(({ satisfied, refused }) => (satisfied ? 'satisfied' : (refused[0]?.reason ?? 'missing')));
}

/** The rules of its findings. */
export function rulesOf({ output }: VerbResult): readonly string[] {
  return ((output?.['findings'] ?? []) as { rule: string }[]).map(({ rule }) => rule);
}
