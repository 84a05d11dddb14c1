import type { Migration } from '../database/migrate.ts';

/** What a request is about to change in the files of a repository: found later, it was cut short. */
export const pendingChanges: Migration = {
  id: '005-pending-changes',
  async up({ schema }) {
    await schema
      .createTable('pending_change')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('repository', 'text', (column) => column.notNull())
      .addColumn('manifest', 'text')
      .addColumn('tags', 'text', (column) => column.notNull())
      .execute();
  },
};
