import type { Migration } from '../database/migrate.ts';

/** Content that nothing names any more and since when, and the indexes that find it. */
export const collectionTables: Migration = {
  id: '002-collection',
  async up({ schema }) {
    await schema
      .createTable('orphan')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .execute();
    await schema.createIndex('repository_blob_digest').on('repository_blob').column('digest').execute();
    await schema.createIndex('manifest_child_child').on('manifest_child').column('child').execute();
    await schema.createIndex('manifest_digest').on('manifest').column('digest').execute();
  },
};
