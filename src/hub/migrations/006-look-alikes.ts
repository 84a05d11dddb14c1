import { sql } from 'kysely';
import type { Migration } from '../database/migrate.ts';
import { skeletonOf } from '../registry/look-alikes.ts';

/** What names of repositories that look alike have in common, and what finds a repository's uploads. */
export const lookAlikes: Migration = {
  id: '006-look-alikes',
  async up(database) {
    await database.schema
      .alterTable('repository')
      .addColumn('skeleton', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    const { rows } = await sql<{ id: number; name: string }>`SELECT id, name FROM repository`.execute(database);
    for (const { id, name } of rows)
      await sql`UPDATE repository SET skeleton = ${skeletonOf(name)} WHERE id = ${id}`.execute(database);
    await database.schema.createIndex('repository_skeleton').on('repository').column('skeleton').execute();
    await database.schema.createIndex('upload_repository').on('upload').column('repository').execute();
  },
};
