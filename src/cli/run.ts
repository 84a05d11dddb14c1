/** Runs one verb: words in, output or failure out, and the exit status that says which. */
import process from 'node:process';
import { errorCodes, WaybillError } from '../base/errors.ts';
import { type Progress, silent } from '../base/progress.ts';
import { readInput, unknownVerb } from './arguments.ts';
import type { Command } from './command.ts';
import { commands } from './commands/index.ts';
import type { Context } from './context.ts';
import { storeFolder } from './folders.ts';
import { errorJson, formatError } from './print/error.ts';
import { formatCommandHelp } from './print/help.ts';
import { coloured, type Paint, plain } from './print/paint.ts';
import { progressLine } from './print/progress-line.ts';

interface Interruption {
  readonly signal: AbortSignal;
  /** What a verb leaves when it is interrupted. */
  left: string;
  repeat(): void;
}

/** @returns the exit status: 0 yes or done, 1 no, 2 could not tell */
export async function run(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json');
  const paintError = paintFor(process.stderr);
  const interruption = listenForInterruption();
  try {
    return await runVerb(words, interruption);
  } catch (error) {
    if (interruption.signal.aborted) {
      process.stderr.write(`interrupted: ${interruption.left}\n`);
      interruption.repeat();
      return 2;
    }
    if (isJson) await print(`${JSON.stringify(errorJson(error), null, 2)}\n`);
    else process.stderr.write(`${formatError(error, paintError)}\n`);
    return error instanceof WaybillError ? errorCodes[error.code].exit : 2;
  }
}

async function runVerb(words: readonly string[], interruption: Interruption): Promise<number> {
  const { signal } = interruption;
  const [verb = 'help', ...rest] = words[0] === '--help' || words[0] === '-h' ? ['help', ...words.slice(1)] : words;
  const load = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (load === undefined) throw unknownVerb(verb, Object.keys(commands));
  const command: Command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    await print(`${formatCommandHelp(command)}\n`);
    return 0;
  }
  const input = readInput(command, rest);
  if (command.goesOn?.(input)) interruption.left = 'what has arrived is kept, run the same command again to go on';
  const isQuiet = input.has('quiet');
  const named = input.text('store');
  const environment = named === undefined ? process.env : { ...process.env, WAYBILL_STORE: named };
  const progress: Progress = isQuiet
    ? silent
    : progressLine(
        {
          write: (text) => process.stderr.write(text),
          isTerminal: process.stderr.isTTY === true,
          columns: () => process.stderr.columns ?? 80,
        },
        Date,
      );
  const context: Context = {
    environment,
    platform: process.platform,
    clock: Date,
    progress,
    signal,
    storeFolder: storeFolder(environment, process.platform),
    plainHttp: input.has('plain-http'),
    certificateFile: input.text('ca'),
    allCommands: () => Promise.all(Object.values(commands).map((load) => load())),
    ready: (facts) => void process.stdout.write(`${JSON.stringify({ ready: true, ...facts, pid: process.pid })}\n`),
    isQuiet,
    note: (text) => void (isQuiet || process.stderr.write(`${text}\n`)),
  };
  const output = await command.run(context, input);
  const text = input.has('json') ? JSON.stringify(output, null, 2) : command.print(output, paintFor(process.stdout));
  await print(!input.has('json') && command.isVerbatim?.(output) ? text : `${text}\n`);
  return command.exitOf?.(output) ?? 0;
}

function paintFor(stream: NodeJS.WriteStream): Paint {
  const wantsColour = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return wantsColour ? coloured : plain;
}

/** The first Ctrl-C asks to stop and clean up, the second does not ask. */
function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals = 'SIGINT';
  const stop = (signal: NodeJS.Signals) => {
    received = signal;
    if (controller.signal.aborted) repeat();
    controller.abort(new Error(`stopped by ${signal}`));
  };
  const repeat = () => {
    // Whoever started us is told by the signal itself, as shells expect.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(name);
    process.kill(process.pid, received);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return { signal: controller.signal, left: 'nothing half-done was left behind', repeat };
}

/** Waits until the text has gone, so that a long one is not cut off at a pipe. A closed pipe is no failure. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' ? resolve() : reject(error),
    );
    process.stdout.write(text, () => resolve());
  });
}
