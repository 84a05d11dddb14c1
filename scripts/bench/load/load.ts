/** Asks a server, from a process of its own, and says what that cost the server. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Command, Usage } from '../measure.ts';
import type { Login } from '../servers/hub.ts';
import type { Server } from '../servers/server.ts';
import type { Trial } from '../trial.ts';

export interface Target {
  readonly host: string;
  /** Whose usage is measured. */
  readonly pid: number;
  /** Absent for a server that asks for no name. */
  readonly login?: Login;
}

export type Job =
  /** Blobs of one size and a manifest with a tag. */
  | { readonly kind: 'fill'; readonly blobs: number; readonly size: number }
  /** One of them again and again. */
  | {
      readonly kind: 'read';
      readonly what: 'blob' | 'digest' | 'tag';
      readonly blobs: number;
      readonly size: number;
      readonly requests: number;
    }
  /** The same addresses again and again, one at a time. */
  | { readonly kind: 'list'; readonly paths: readonly string[]; readonly times: number }
  /** Large blobs at once: so many up, so many down, which are then there already. */
  | { readonly kind: 'large'; readonly size: number; readonly up: number; readonly down: number }
  /** One address every few milliseconds, until a file holds a text. */
  | { readonly kind: 'watch'; readonly path: string; readonly file: string; readonly text: string };

/** What the server used meanwhile. */
export interface LoadUsage extends Usage {
  readonly requests: number;
  /** Of them, those whose connection broke: only where that is borne. */
  readonly broken: number;
  /** Milliseconds that the slowest request took. */
  readonly slowest: number;
}

export interface Order {
  readonly target: Target;
  readonly job: Job;
}

const PROGRAM = path.join(import.meta.dirname, 'main.ts');

/** @param text what it does, in words */
export function load(trial: Trial, server: Server, job: Job, text: string, login?: Login): Command {
  const { host, pid } = server;
  const order: Order = { target: { host, pid, ...(login === undefined ? {} : { login }) }, job };
  return trial.command([process.execPath, PROGRAM, JSON.stringify(order)], text);
}

/** @throws Error with what the load said when it fails */
export function measureLoad({ argv, folder, environment, text }: Command): LoadUsage {
  const [program = '', ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot measure ${text}: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout);
}
