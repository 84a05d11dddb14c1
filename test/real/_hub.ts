/** Servers of registries on loopback: our hub as a user starts it, and the distribution project's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { node, repository } from './_run.ts';
import { commandOf } from './_tools.ts';

export interface Served {
  /** Host and port, once the tests run. */
  host: string;
}

/**
 * Starts `waybill hub serve` for the tests of a file.
 * @param folder for its data and its log
 * @param options further words of the command line, and what is to be done before it starts
 */
export function useHub(
  folder: string,
  { words: more = [], before }: { words?: readonly string[]; before?: () => void } = {},
): Served {
  return useServer(async () => {
    before?.();
    const log = fs.openSync(path.join(folder, 'hub.log'), 'w');
    const words = ['hub', 'serve', '--listen', '127.0.0.1:0', '--data', path.join(folder, 'hub'), ...more];
    const child = spawn(node, [path.join(repository, 'src', 'cli', 'main.ts'), ...words], {
      stdio: ['ignore', 'pipe', log],
    });
    fs.closeSync(log);
    if (child.stdout === null) throw new TypeError('the hub has no output');
    const ended = once(child, 'close').then(() => {
      throw new Error(`the hub ended: ${fs.readFileSync(path.join(folder, 'hub.log'), 'utf8').slice(-2000)}`);
    });
    const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
    return { child, host: new URL(JSON.parse(String(line)).address).host };
  });
}

/** Starts the distribution project's registry: no referrers API, so the fallback tag. */
export function useDistribution(folder: string): Served {
  return useServer(async () => {
    const port = 20_000 + (process.pid % 20_000);
    const config = path.join(folder, 'distribution.yml');
    fs.writeFileSync(
      config,
      `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${path.join(folder, 'distribution')} }, delete: { enabled: true } }\nhttp: { addr: "127.0.0.1:${port}" }\n`,
    );
    const log = fs.openSync(path.join(folder, 'distribution.log'), 'w');
    const child = spawn(commandOf('registry'), ['serve', config], { stdio: ['ignore', log, log] });
    fs.closeSync(log);
    const host = `127.0.0.1:${port}`;
    await untilReady(host);
    return { child, host };
  });
}

function useServer(start: () => Promise<{ child: ChildProcess; host: string }>): Served {
  const served: Served = { host: '' };
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    const started = await start();
    child = started.child;
    served.host = started.host;
  });
  afterAll(async () => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  });
  return served;
}

async function untilReady(host: string): Promise<void> {
  const PATIENCE = 200;
  for (let tries = 0; tries < PATIENCE; tries++) {
    try {
      if ((await fetch(`http://${host}/v2/`)).ok) return;
    } catch {
      // Not yet.
    }
    await sleep(50);
  }
  throw new Error(`the registry at ${host} did not start`);
}
