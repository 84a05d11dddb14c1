import type { Migration } from '../database/migrate.ts';
import { registryTables } from './001-registry.ts';
import { collectionTables } from './002-collection.ts';
import { accessTables } from './003-access.ts';
import { optionalChildren } from './004-optional-children.ts';
import { pendingChanges } from './005-pending-changes.ts';
import { lookAlikes } from './006-look-alikes.ts';

/** Every change of the tables, in the order in which they are made. A new one is a file here and a line below. */
export const migrations = [
  registryTables,
  collectionTables,
  accessTables,
  optionalChildren,
  pendingChanges,
  lookAlikes,
] as const satisfies readonly Migration[];
