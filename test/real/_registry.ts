/** A registry on loopback, in memory: go-containerregistry's, as `crane registry serve` runs it. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { commandOf } from './_tools.ts';

export interface Registry {
  /** Host and port, once the tests run. */
  readonly host: string;
}

/** Starts a registry for the tests of a file; call it where tests are defined. @param folder for its log */
export function useRegistry(folder: string): Registry {
  const registry = { host: '' };
  const stop = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  beforeAll(async () => {
    const log = path.join(folder, 'registry.log');
    // Not a pipe: nobody empties it while a test waits for another program, and then the registry hangs.
    const output = fs.openSync(log, 'w');
    const words = ['registry', 'serve', '--address', '127.0.0.1:0'];
    const server = spawn(commandOf('crane'), words, { stdio: ['ignore', output, output], signal: stop.signal });
    fs.closeSync(output);
    ended = new Promise((resolve) => server.once('error', resolve).once('close', resolve));
    registry.host = await hostIn(log);
  });
  afterAll(async () => {
    stop.abort();
    await ended;
  });
  return registry;
}

async function hostIn(log: string): Promise<string> {
  const PATIENCE = 600;
  for (let tries = 0; tries < PATIENCE; tries++) {
    const port = /serving on port (\d+)/.exec(fs.readFileSync(log, 'utf8'))?.[1];
    if (port !== undefined) return `127.0.0.1:${port}`;
    await setTimeout(50);
  }
  throw new Error(`the registry did not start: ${fs.readFileSync(log, 'utf8')}`);
}

/** A manifest as the registry hands it out. */
export async function fetchManifest(
  { host }: Registry,
  name: string,
  reference: string,
): Promise<{ bytes: Buffer; mediaType: string | null }> {
  const response = await fetch(`http://${host}/v2/${name}/manifests/${reference}`);
  if (!response.ok) throw new Error(`GET ${name}:${reference} gave ${response.status}`);
  return { bytes: Buffer.from(await response.arrayBuffer()), mediaType: response.headers.get('content-type') };
}
