/** Our hub as a user starts it, with what the cases need of it. */
import { spawnSync } from 'node:child_process';
import type { Trial } from '../trial.ts';
import { type Server, startServer } from './server.ts';

export interface Login {
  readonly name: string;
  readonly password: string;
}

export interface HubOptions {
  /** Whether it has a user, and so asks everybody for a name. */
  readonly login?: Login;
  /** Whether it logs each request. */
  readonly isLogging?: boolean;
}

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** Kind of address: blobs, manifests, uploads … */
  readonly route: string;
  readonly status: number;
}

/** @param folder of its data, relative to the trial */
export async function startHub(
  trial: Trial,
  folder: string,
  { login, isLogging = false }: HubOptions = {},
): Promise<Server> {
  if (login !== undefined) addUser(trial, folder, login);
  const words = ['hub', 'serve', '--listen', '127.0.0.1:0', '--data', folder, ...(isLogging ? [] : ['--quiet'])];
  return startServer(trial, {
    name: folder,
    command: trial.waybill('hub', ...words),
    ready: async (printed) => (printed.includes('\n') ? new URL(JSON.parse(printed).address).host : undefined),
  });
}

/** What a hub that logs has answered, beginning with a number of requests that are known already. */
export function requestsOf(hub: Server): readonly LoggedRequest[] {
  return hub
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{"id"'))
    .map((line): LoggedRequest => JSON.parse(line));
}

function addUser(trial: Trial, folder: string, { name, password }: Login): void {
  const words = ['hub', 'user', 'add', name, '--role', 'admin', '--password-stdin', '--data', folder];
  const { argv, environment } = trial.waybill('hub', ...words);
  const [program = '', ...rest] = argv;
  const { status, stderr } = spawnSync(program, rest, {
    cwd: trial.folder,
    env: environment,
    input: password,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Cannot add a user: ${stderr}`);
}
