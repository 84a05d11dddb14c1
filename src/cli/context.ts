/** What the command line hands to a verb: everything that comes from the process and the machine. */
import type { Clock } from '../base/clock.ts';
import type { Progress } from '../base/progress.ts';
import type { Command } from './command.ts';
import type { Environment } from './folders.ts';

export interface Context {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Folder of the local store. */
  readonly storeFolder: string;
  /** Whether registries of this command are spoken to without TLS. */
  readonly plainHttp: boolean;
  /** A file with certificates to trust, if one is named. */
  readonly certificateFile: string | undefined;
  /** Every verb, loaded, in the order of help. */
  allCommands(): Promise<readonly Command[]>;
  /** Tells a program that waits for a long-running verb that it is ready: one JSON line on stdout. */
  ready(facts: { readonly address: string; readonly anonymous?: string }): void;
  /** Says something on stderr that is not the result. */
  note(text: string): void;
  /** Whether notes are wanted: to make one may cost something. */
  readonly isQuiet: boolean;
}
