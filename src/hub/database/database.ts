/** The hub's database. Whoever wants something of it hands in a function: nobody keeps a handle. */
import fs from 'node:fs';
import { Kysely, type Transaction } from 'kysely';
import { explainSystemError } from '../../base/system-errors.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from './migrate.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn' | 'executeQuery' | 'getExecutor'>;
export type Writer = Transaction<Tables>;

export interface Database extends AsyncDisposable {
  /** Runs queries that change nothing. */
  read<Result>(work: (reader: Reader) => Promise<Result>): Promise<Result>;
  /** Runs a transaction: all of it or nothing. */
  write<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result>;
}

/**
 * Opens a database file, makes it and brings its tables up to date.
 * @throws WaybillError STORE_UNAVAILABLE, FILE_UNREADABLE
 */
export async function openDatabase(file: string): Promise<Database> {
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: false }) });
  try {
    await migrate(writer as unknown as Kysely<unknown>, migrations);
  } catch (error) {
    await writer.destroy();
    throw explainSystemError(`Cannot open the database ${file}`, error);
  }
  // Hashes of passwords lie in it.
  fs.chmodSync(file, 0o600);
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: true }) });
  return {
    read: (work) => work(reader),
    write: (work) => writer.transaction().execute(work),
    async [Symbol.asyncDispose]() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}
