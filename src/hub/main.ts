/** Puts the hub together: its folder, its database, its routes and its server. */
import fs from 'node:fs';
import path from 'node:path';
import { acquireLock } from '../base/lock.ts';
import { explainSystemError } from '../base/system-errors.ts';
import { openDatabase } from './database/database.ts';
import { type RunningServer, type ServedRequest, startServer } from './http/server.ts';
import { BlobFolder } from './registry/blob-folder.ts';
import { type CollectOutcome, collectAgain } from './registry/collect-again.ts';
import { Registry } from './registry/registry.ts';
import type { HubStorage } from './registry/repository.ts';
import { RepositoryFolder } from './registry/repository-folder.ts';
import { markRunning } from './registry/running-mark.ts';
import { routes } from './routes/index.ts';

export interface HubOptions {
  /** Folder of all that the hub keeps. */
  readonly folder: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Milliseconds since 1970. */
  now(): number;
  served(request: ServedRequest): void;
  /** Is told what garbage collection, once an hour, took away, or why it failed. */
  collected?(outcome: CollectOutcome): void;
}

export interface Hub extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly address: string;
}

const DRAIN_MILLISECONDS = 10_000;

/** @throws WaybillError STORE_BUSY when another hub uses the folder, FILE_UNREADABLE when the address is taken */
export async function startHub({ folder, host, port, now, served, collected }: HubOptions): Promise<Hub> {
  const storage = await openStorage(folder, now);
  let mark: Disposable;
  try {
    mark = await markRunning(folder, storage);
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
  let server: RunningServer;
  try {
    const registry = new Registry(storage);
    server = await startServer({ registry, routes, host, port, elapsed: () => performance.now(), served });
  } catch (error) {
    mark[Symbol.dispose]();
    await storage[Symbol.asyncDispose]();
    throw explainSystemError(`Cannot listen on ${host}:${port}`, error);
  }
  const collecting = collectAgain(storage, (outcome) => collected?.(outcome));
  return {
    address: server.address,
    async [Symbol.asyncDispose]() {
      await server.drain(DRAIN_MILLISECONDS);
      await collecting[Symbol.asyncDispose]();
      mark[Symbol.dispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

/** Opens what a hub keeps, for one process at a time. @throws WaybillError STORE_BUSY, FILE_UNREADABLE */
export async function openStorage(folder: string, now: () => number): Promise<HubStorage & AsyncDisposable> {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(`Cannot use ${folder}`, error);
  }
  const lock = await acquireLock(path.join(folder, 'hub.lock'), {
    mode: 'exclusive',
    wait: 0,
    attempt: `Cannot open the hub in ${folder}`,
  });
  try {
    const database = await openDatabase(path.join(folder, 'hub.sqlite'));
    return {
      database,
      blobs: new BlobFolder(folder),
      repositories: new RepositoryFolder(folder),
      now,
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
