/**
 * What a verb says of itself: from this one description come its parsing, its help, its reference
 * page, its completion and the schema of its JSON. Verbs are library functions; a command is the
 * flags around one.
 */
import type { z } from 'zod';
import type { Context } from './context.ts';
import type { Paint } from './print/paint.ts';

export interface Argument {
  /** As help shows it: `DIR`, `REF`. */
  readonly name: string;
  readonly description: string;
  readonly isOptional?: boolean;
}

export interface Option {
  /** The name of its value in help; absent for a switch. */
  readonly value?: string;
  readonly description: string;
  /** Whether it may stand without its value. */
  readonly isValueOptional?: boolean;
  /** Whether it may be given several times, with a value each. */
  readonly isRepeatable?: boolean;
  /** The values that it may have, for checking and completion. */
  readonly choices?: readonly string[];
}

export interface Example {
  readonly command: string;
  readonly comment: string;
}

export interface Input {
  readonly positionals: readonly string[];
  /** The value of an option, if it was given. */
  text(option: string): string | undefined;
  /** The values of an option that may be given several times, in order. */
  texts(option: string): readonly string[];
  /** Whether a switch was given. */
  has(option: string): boolean;
}

export interface Command<Output = unknown> {
  readonly name: string;
  /** One line, beginning with a verb. */
  readonly summary: string;
  /** What a reader should know beyond the summary; paragraphs. */
  readonly description: readonly string[];
  readonly arguments: readonly Argument[];
  readonly options: Readonly<Record<string, Option>>;
  /** At least two, real. */
  readonly examples: readonly [Example, Example, ...Example[]];
  /** The one JSON document of `--json`. Loaded when its schema is asked for: to run a verb takes none. */
  output(): Promise<z.ZodType<Output>>;
  run(context: Context, input: Input): Promise<Output>;
  /** The output for people, without a final newline. */
  print(output: Output, paint: Paint): string;
  /** Whether what is printed are bytes that somebody may hash: then no newline is added. */
  isVerbatim?(output: Output): boolean;
  /** Whether an interrupted run is gone on with by the next; otherwise nothing of it stays. */
  goesOn?(input: Input): boolean;
  /** 1 for a verdict of "no", 2 for one of "cannot tell"; 0 if absent. */
  exitOf?(output: Output): 0 | 1 | 2;
}

/** Keeps the output type of a command while it is checked. */
export function defineCommand<Output>(command: Command<Output>): Command<Output> {
  return command;
}

/** Options that every verb has. */
export const globalOptions: Readonly<Record<string, Option>> = {
  store: { value: 'DIR', description: "The local store (default: the user's data folder, or $WAYBILL_STORE)" },
  json: { description: 'Print one JSON document on stdout, also on failure' },
  quiet: { description: 'No progress and no notes on stderr' },
  help: { description: 'Show help for the verb' },
};
