/** The hub's database. Whoever wants something of it hands in a function: nobody keeps a handle. */
import fs from 'node:fs';
import { Kysely, sql, type Transaction } from 'kysely';
import { migrations } from '../migrations/index.ts';
import { explainDatabaseError, isDamage } from './failures.ts';
import { migrate } from './migrate.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn' | 'executeQuery' | 'getExecutor'>;
export type Writer = Transaction<Tables>;

export interface Database extends AsyncDisposable {
  /** Runs queries that change nothing. @throws WaybillError STORE_UNAVAILABLE, and what the work throws */
  read<Result>(work: (reader: Reader) => Promise<Result>): Promise<Result>;
  /** Runs a transaction: all of it or nothing. @throws WaybillError DISK_FULL, STORE_UNAVAILABLE, and what the work throws */
  write<Result>(work: (writer: Writer) => Promise<Result>): Promise<Result>;
  /** What SQLite finds wrong with its file: reads all of it. */
  damage(): Promise<readonly string[]>;
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
    throw explainDatabaseError(`Cannot open the database ${file}`, error);
  }
  // Hashes of passwords lie in it.
  fs.chmodSync(file, 0o600);
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: true }) });
  return {
    read: (work) => explained('read', file, () => work(reader)),
    write: (work) => explained('write', file, () => writer.transaction().execute(work)),
    damage: () => explained('read', file, () => damageOf(reader)),
    async [Symbol.asyncDispose]() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

async function explained<Result>(verb: string, file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explainDatabaseError(`Cannot ${verb} the database ${file}`, error);
  }
}

/** Findings of `PRAGMA integrity_check`; more of them would say no more. */
const MAX_DAMAGES = 20;

async function damageOf(reader: Kysely<Tables>): Promise<readonly string[]> {
  const query = sql<{ integrity_check: string }>`PRAGMA integrity_check(${sql.lit(MAX_DAMAGES)})`;
  try {
    const { rows } = await query.execute(reader);
    return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  } catch (error) {
    // So damaged that not even this can be asked.
    if (isDamage(error)) return [error.message];
    throw error;
  }
}
