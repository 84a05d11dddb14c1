/** Brings the tables of a database to what this version of the hub needs, once each, in order. */
import type { Kysely } from 'kysely';
import { WaybillError } from '../../base/errors.ts';

export interface Migration {
  /** Number and name; never changed once released. */
  readonly id: string;
  up(database: Kysely<unknown>): Promise<void>;
}

interface Applied {
  migration: { id: string };
}

/** @throws WaybillError STORE_UNAVAILABLE when a newer hub has written the database */
export async function migrate(database: Kysely<unknown>, migrations: readonly Migration[]): Promise<void> {
  const own = database as Kysely<Applied>;
  await own.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .execute();
  const applied = new Set((await own.selectFrom('migration').select('id').execute()).map(({ id }) => id));
  const unknown = [...applied].find((id) => !migrations.some((migration) => migration.id === id));
  if (unknown !== undefined) {
    throw new WaybillError(
      'STORE_UNAVAILABLE',
      `Cannot open the hub's database: a newer hub has changed it (${unknown})`,
      { hint: 'Run the newer version, or restore a backup from before it' },
    );
  }
  for (const migration of migrations.filter(({ id }) => !applied.has(id))) {
    await own.transaction().execute(async (transaction) => {
      await migration.up(transaction as unknown as Kysely<unknown>);
      await transaction.insertInto('migration').values({ id: migration.id }).execute();
    });
  }
}
