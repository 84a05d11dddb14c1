import { sql } from 'kysely';
import { IMAGE_INDEX } from '../../oci/media-types.ts';
import type { Migration } from '../database/migrate.ts';

/** Whether a manifest may name content that its repository does not hold: then the name gives no right to read it. */
export const optionalChildren: Migration = {
  id: '004-optional-children',
  async up(database) {
    await database.schema
      .alterTable('manifest_child')
      .addColumn('optional', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await sql`
      UPDATE manifest_child SET optional = 1 WHERE EXISTS (
        SELECT 1 FROM manifest WHERE manifest.repository = manifest_child.repository
        AND manifest.digest = manifest_child.manifest AND manifest.media_type = ${IMAGE_INDEX}
      )`.execute(database);
  },
};
