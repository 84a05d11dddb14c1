import type { Migration } from '../database/migrate.ts';

/** Users, what they may do, and the access tokens that stand for them. */
export const accessTables: Migration = {
  id: '003-access',
  async up({ schema }) {
    await schema
      .createTable('account')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('password', 'text')
      .addColumn('created', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createTable('account_role')
      .addColumn('account', 'integer', (column) => column.notNull())
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('account_role_key', ['account', 'pattern'])
      .execute();
    await schema
      .createTable('access_token')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account', 'integer', (column) => column.notNull())
      .addColumn('note', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('actions', 'text', (column) => column.notNull())
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('created', 'bigint', (column) => column.notNull())
      .addColumn('expires', 'bigint')
      .execute();
    await schema.createIndex('access_token_account').on('access_token').column('account').execute();
  },
};
