import type { Migration } from '../database/migrate.ts';

/** Repositories, their manifests, tags and blobs, and uploads under way. */
export const registryTables: Migration = {
  id: '001-registry',
  async up({ schema }) {
    await schema
      .createTable('repository')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .execute();
    await schema
      .createTable('blob')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createTable('repository_blob')
      .addColumn('repository', 'integer', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('added', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('repository_blob_key', ['repository', 'digest'])
      .execute();
    await schema
      .createTable('manifest')
      .addColumn('repository', 'integer', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('media_type', 'text', (column) => column.notNull())
      .addColumn('artifact_type', 'text')
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('subject', 'text')
      .addColumn('annotations', 'text')
      .addColumn('created', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('manifest_key', ['repository', 'digest'])
      .execute();
    await schema.createIndex('manifest_subject').on('manifest').columns(['repository', 'subject', 'digest']).execute();
    await schema
      .createTable('manifest_child')
      .addColumn('repository', 'integer', (column) => column.notNull())
      .addColumn('manifest', 'text', (column) => column.notNull())
      .addColumn('child', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('manifest_child_key', ['repository', 'child', 'manifest'])
      .execute();
    await schema
      .createTable('tag')
      .addColumn('repository', 'integer', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('tag_key', ['repository', 'name'])
      .execute();
    await schema.createIndex('tag_digest').on('tag').columns(['repository', 'digest']).execute();
    await schema
      .createTable('upload')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('repository', 'integer', (column) => column.notNull())
      .addColumn('created', 'bigint', (column) => column.notNull())
      .execute();
  },
};
