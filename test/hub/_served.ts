/** A hub as its user starts it, in a process of its own: it can be killed, and its memory and files counted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import type { Replaced } from '../../src/hub/processes/processes.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** A line of the hub's log. */
export interface LogLine {
  readonly method?: string;
  readonly path?: string;
  readonly route?: string;
  readonly status?: number;
  readonly failure?: string;
  readonly replaced?: Replaced;
}

export interface Serving extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  readonly address: string;
  /** Requests by the status of their answer. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that are the hub's fault, and lines that are no JSON. */
  readonly faults: readonly string[];
  /** Processes that ended by themselves. */
  readonly replaced: readonly Replaced[];
  /** Bytes that it holds in memory; undefined where the system does not say. */
  memory(): number | undefined;
  /** Files and connections that are open; undefined where the system does not say. */
  descriptors(): number | undefined;
  kill(): Promise<void>;
}

const MAX_FAULTS = 20;

/** @param node words for Node itself; @param under a command that runs the rest of the line; @param processes how many serve */
export async function serveHub(
  folder: string,
  {
    node = [],
    under = [],
    processes = 1,
  }: { node?: readonly string[]; under?: readonly string[]; processes?: number } = {},
): Promise<Serving> {
  // Beside what the hub keeps, where fsck looks at every file.
  const configuration = `${folder}.yaml`;
  fs.writeFileSync(configuration, `hub: 1\nprocesses: ${processes}\n`);
  const words = ['hub', 'serve', '--listen', '127.0.0.1:0', '--data', folder, '--config', configuration];
  const line = [...under, process.execPath, ...node, MAIN, ...words];
  const child = spawn(line[0] ?? process.execPath, line.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  const replaced: Replaced[] = [];
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  readline.createInterface({ input: child.stderr }).on('line', (text) => {
    const found = parseLine(text);
    const { status } = found;
    if (found.replaced !== undefined) replaced.push(found.replaced);
    if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    // 507 is named: the disk is full. So is 503: too much at once.
    const isFault =
      found.failure !== undefined || (status !== undefined && status >= 500 && ![503, 507].includes(status));
    // Of one that was killed on purpose the processes are left behind, and may say so.
    if (isFault && !isOver() && faults.length < MAX_FAULTS) faults.push(text);
  });
  const address = await addressOf(child, faults);
  const ended = once(child, 'close');
  return {
    child,
    address,
    port: Number(new URL(address).port),
    statuses,
    faults,
    replaced,
    memory() {
      const text = readOf(child, 'status');
      return text === undefined ? undefined : Number(/^VmRSS:\s*(\d+) kB/m.exec(text)?.[1]) * 1024;
    },
    descriptors: () => {
      const folder = `/proc/${child.pid}/fd`;
      return fs.existsSync(folder) ? fs.readdirSync(folder).length : undefined;
    },
    async kill() {
      if (!isOver()) child.kill('SIGKILL');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      if (!isOver()) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Where a fast disk is: how often a file is flushed does not matter to those who kill a process. */
export function fastFolder(): string {
  const shared = '/dev/shm';
  return fs.mkdtempSync(path.join(fs.existsSync(shared) ? shared : os.tmpdir(), 'waybill-hub-'));
}

function readOf(child: ChildProcess, name: string): string | undefined {
  const file = `/proc/${child.pid}/${name}`;
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

async function addressOf(child: ChildProcess, faults: readonly string[]): Promise<string> {
  const ended = once(child, 'exit').then(() => undefined);
  const line = child.stdout === null ? undefined : await Promise.race([once(child.stdout, 'data'), ended]);
  if (line === undefined) throw new Error(`the hub did not start: ${faults.join('\n')}`);
  return JSON.parse(String(line)).address;
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text);
  } catch {
    return { failure: text };
  }
}
