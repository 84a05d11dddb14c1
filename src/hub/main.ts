/** Puts the hub together: its folder, its database, who may do what, its routes and its server. */
import fs from 'node:fs';
import path from 'node:path';
import { randomName } from '../base/files.ts';
import { acquireLock } from '../base/lock.ts';
import { explainSystemError } from '../base/system-errors.ts';
import { Access, type Anonymous } from './access/access.ts';
import { Accounts } from './access/accounts.ts';
import { openSigningKey } from './access/signing-key.ts';
import { decideExposure } from './configuration/exposure.ts';
import type { Settings } from './configuration/settings.ts';
import { openDatabase } from './database/database.ts';
import { Metrics } from './http/metrics.ts';
import { type RunningServer, type ServedRequest, startServer } from './http/server.ts';
import { BlobFolder } from './registry/blob-folder.ts';
import { type CollectOutcome, collectAgain } from './registry/collect-again.ts';
import { changeBackAll } from './registry/record.ts';
import { Registry } from './registry/registry.ts';
import type { HubStorage } from './registry/repository.ts';
import { RepositoryFolder } from './registry/repository-folder.ts';
import { routes } from './routes/index.ts';

export interface HubOptions {
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  now(): number;
  served(request: ServedRequest): void;
  /** Is told what garbage collection took away, or why it failed. */
  collected?(outcome: CollectOutcome): void;
}

export interface Hub extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly address: string;
  /** What somebody without a name may do, as things are now. */
  readonly anonymous: Anonymous;
}

type Storage = HubStorage & AsyncDisposable;

const DRAIN_MILLISECONDS = 10_000;

/**
 * @throws WaybillError STORE_BUSY when another hub uses the folder, FILE_UNREADABLE when the address
 *   is taken, DENIED for an address on which this hub would be open to others
 */
export async function startHub({ settings, now, served, collected }: HubOptions): Promise<Hub> {
  const storage = await openStorage(settings, now);
  try {
    await changeBackAll(storage);
    const access = await openAccess(settings, storage);
    const metrics = new Metrics();
    const server = await listen(settings, {
      storage,
      access,
      metrics,
      served(request) {
        metrics.served(request);
        served(request);
      },
    });
    const collecting = collectAgain(storage, settings, (outcome) => {
      metrics.collected(outcome);
      collected?.(outcome);
    });
    return {
      address: server.address,
      anonymous: access.anonymous,
      async [Symbol.asyncDispose]() {
        await server.drain(DRAIN_MILLISECONDS);
        await collecting[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}

async function openAccess(settings: Settings, { database, now }: HubStorage): Promise<Access> {
  const accounts = new Accounts(database, now);
  let hasUsers = false;
  const access = new Access({
    accounts,
    // Again and again: the first user closes a hub that was open. That the last one goes does not open it.
    async anonymous() {
      hasUsers ||= await accounts.exist();
      return decideExposure(settings, { hasUsers });
    },
    key: openSigningKey(settings.folder),
    now,
  });
  await access.refresh();
  return access;
}

async function listen(
  { listen: { host, port }, tls, url }: Settings,
  { storage, ...rest }: { storage: HubStorage; access: Access; metrics: Metrics; served: HubOptions['served'] },
): Promise<RunningServer> {
  try {
    return await startServer({
      registry: new Registry(storage),
      ...rest,
      routes,
      host,
      port,
      ...(tls === undefined ? {} : { tls }),
      origins: {
        ...(url === undefined ? {} : { external: url }),
        isLocalOnly: () => rest.access.anonymous === 'everything',
      },
      elapsed: () => performance.now(),
    });
  } catch (error) {
    throw explainSystemError(`Cannot listen on ${host}:${port}`, error);
  }
}

/** Opens what a hub keeps, for one process at a time. @throws WaybillError STORE_BUSY, FILE_UNREADABLE */
export async function openStorage(
  { folder, immutableTags, maxBlobSize }: Pick<Settings, 'folder' | 'immutableTags' | 'maxBlobSize'>,
  now: () => number,
): Promise<Storage> {
  makeFolder(folder);
  const lock = await acquireLock(path.join(folder, 'hub.lock'), {
    mode: 'exclusive',
    wait: 0,
    attempt: `Cannot open the hub in ${folder}`,
  });
  try {
    const database = await openDatabase(path.join(folder, 'hub.sqlite'));
    return {
      database,
      blobs: new BlobFolder(folder, maxBlobSize),
      repositories: new RepositoryFolder(folder),
      immutableTags,
      owner: randomName(),
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

/** Opens the users of a hub alone, which may be running meanwhile. @throws WaybillError FILE_UNREADABLE */
export async function openAccounts(
  folder: string,
  now: () => number,
): Promise<{ readonly accounts: Accounts } & AsyncDisposable> {
  makeFolder(folder);
  const database = await openDatabase(path.join(folder, 'hub.sqlite'));
  return { accounts: new Accounts(database, now), [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(`Cannot use ${folder}`, error);
  }
}
