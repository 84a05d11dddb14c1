/** A server on loopback in a process of its own, ended by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../measure.ts';
import type { Trial } from '../trial.ts';
import { isRunning } from './process.ts';

export interface Server extends Disposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly pid: number;
  /** Seconds from its start until it was ready. */
  readonly startSeconds: number;
  /** What it has written on stderr so far. */
  log(): string;
}

export interface ServerOptions {
  /** Its output lies under this name in the folder of the trial. */
  readonly name: string;
  readonly command: Command;
  /** @returns the host once it is ready, from what it printed; asked again and again */
  ready(printed: string): Promise<string | undefined>;
}

const READY_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 5;
/** The hub lets transfers end for so long, and some more. */
const END_MILLISECONDS = 15_000;

/** @throws Error with what the server said when it ends or does not become ready */
export async function startServer(trial: Trial, { name, command, ready }: ServerOptions): Promise<Server> {
  const [printed, log] = [trial.at(`${name}.out`), trial.at(`${name}.log`)];
  // Files, not pipes: nobody would empty them while a program is measured.
  const [output, errors] = [fs.openSync(printed, 'w'), fs.openSync(log, 'w')];
  const [program = '', ...words] = command.argv;
  const began = performance.now();
  const child = spawn(program, words, {
    cwd: command.folder,
    env: command.environment,
    stdio: ['ignore', output, errors],
  }).on('error', () => {});
  fs.closeSync(output);
  fs.closeSync(errors);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${command.text}: there is no ${program}`);
  trial.ending.defer(() => end(child));
  const readLog = () => fs.readFileSync(log, 'utf8');
  while (performance.now() - began < READY_MILLISECONDS) {
    const host = await ready(fs.readFileSync(printed, 'utf8'));
    const startSeconds = (performance.now() - began) / 1000;
    if (host !== undefined) return { host, pid, startSeconds, log: readLog, [Symbol.dispose]: () => end(child) };
    if (!isRunning(pid)) break;
    await sleep(POLL_MILLISECONDS);
  }
  end(child);
  throw new Error(`Cannot start ${command.text}: ${readLog().slice(-2_000)}`);
}

/** A port that was free a moment ago, for servers that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks it to end and waits, without the event loop: also on the way out. */
function end(child: ChildProcess): void {
  const { pid, exitCode, signalCode } = child;
  // One that has ended may have left its id to a stranger.
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  child.kill('SIGTERM');
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; isRunning(pid); waited += POLL_MILLISECONDS) {
    if (waited > END_MILLISECONDS) child.kill('SIGKILL');
    Atomics.wait(waiting, 0, 0, POLL_MILLISECONDS);
  }
}
