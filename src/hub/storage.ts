/** Opens what a hub keeps: for the hub itself, for another process of a hub that runs, or its users alone. */
import fs from 'node:fs';
import path from 'node:path';
import { randomName } from '../base/files.ts';
import { acquireLock } from '../base/lock.ts';
import { explainSystemError } from '../base/system-errors.ts';
import { Accounts } from './access/accounts.ts';
import type { Settings } from './configuration/settings.ts';
import { openDatabase } from './database/database.ts';
import { BlobFolder } from './registry/blob-folder.ts';
import type { HubStorage } from './registry/repository.ts';
import { RepositoryFolder } from './registry/repository-folder.ts';

export type OpenStorage = HubStorage & AsyncDisposable;
type Kept = Pick<Settings, 'folder' | 'immutableTags' | 'lookAlikes' | 'maxBlobSize'>;

/** So long the other processes of a hub that was killed take to notice it: they end what they write. */
const LEAVING_MILLISECONDS = 10_000;

/** Opens it for one hub at a time. @throws WaybillError STORE_BUSY, FILE_UNREADABLE */
export async function openStorage(settings: Kept, now: () => number): Promise<OpenStorage> {
  const { folder } = settings;
  makeFolder(folder);
  const attempt = `Cannot open the hub in ${folder}`;
  const lock = await acquireLock(path.join(folder, 'hub.lock'), { mode: 'exclusive', wait: 0, attempt });
  try {
    const others = await acquireLock(processesLock(folder), { mode: 'exclusive', wait: LEAVING_MILLISECONDS, attempt });
    others[Symbol.dispose]();
    return await open(settings, { now, lock });
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Opens it beside the process that has opened it for the hub. @throws WaybillError STORE_BUSY, FILE_UNREADABLE */
export async function openStorageBeside(settings: Kept, now: () => number): Promise<OpenStorage> {
  const { folder } = settings;
  const attempt = `Cannot serve the hub in ${folder}`;
  const lock = await acquireLock(processesLock(folder), { mode: 'shared', wait: LEAVING_MILLISECONDS, attempt });
  try {
    return await open(settings, { now, lock });
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
  const database = await openDatabase(databaseFile(folder));
  return { accounts: new Accounts(database, now), [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

async function open(
  { folder, immutableTags, lookAlikes, maxBlobSize }: Kept,
  { now, lock }: { now: () => number; lock: Disposable },
): Promise<OpenStorage> {
  const database = await openDatabase(databaseFile(folder));
  return {
    database,
    blobs: new BlobFolder(folder, maxBlobSize),
    repositories: new RepositoryFolder(folder),
    immutableTags,
    lookAlikes,
    owner: randomName(),
    now,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      lock[Symbol.dispose]();
    },
  };
}

const databaseFile = (folder: string): string => path.join(folder, 'hub.sqlite');
const processesLock = (folder: string): string => path.join(folder, 'hub-processes.lock');

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(`Cannot use ${folder}`, error);
  }
}
