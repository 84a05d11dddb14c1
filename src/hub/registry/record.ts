/**
 * A transaction that changes files of a repository too. What it is about to change is noted in the
 * database first. When it fails behind the files, as on a full disk, they are changed back: what was
 * refused must not come true when the database is made anew. When the process is killed between, the
 * note is still there and whoever finds it does the same: nobody was told that the request succeeded.
 */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import type { Writer } from '../database/database.ts';
import { idOf, tagged } from './queries.ts';
import type { HubStorage } from './repository.ts';

/** What a request changes in the files of its repository. */
export interface Change {
  /** With a manifest that goes, its tags go too. */
  readonly manifest?: Digest;
  readonly tags: readonly string[];
}

interface Pending extends Change {
  readonly id: number;
  readonly repository: RepositoryName;
}

/** @throws what the work throws */
export async function record<Result>(
  storage: HubStorage,
  repository: RepositoryName,
  change: Change,
  work: (writer: Writer) => Promise<Result>,
): Promise<Result> {
  const pending = await note(storage, repository, change);
  try {
    return await storage.database.write(async (writer) => {
      const result = await work(writer);
      await forget(writer, pending.id);
      return result;
    });
  } catch (error) {
    // What fails here too is left to the next start.
    await storage.database.write((writer) => changeBack(writer, storage, pending)).catch(() => undefined);
    throw error;
  }
}

/**
 * Changes back what requests have left that were cut short.
 * @param owner the process that made them, which has ended; absent: any, while no hub runs
 * @returns how many there were
 */
export async function changeBackAll(storage: HubStorage, owner?: string): Promise<number> {
  return storage.database.write(async (writer) => {
    let query = writer.selectFrom('pending_change').selectAll().orderBy('id');
    if (owner !== undefined) query = query.where('owner', '=', owner);
    const rows = await query.execute();
    for (const { id, repository, manifest, tags } of rows) {
      const change = { ...(manifest === null ? {} : { manifest: manifest as Digest }), tags: JSON.parse(tags) };
      await changeBack(writer, storage, { id, repository: repository as RepositoryName, ...change });
    }
    return rows.length;
  });
}

async function note({ database, owner }: HubStorage, repository: RepositoryName, change: Change): Promise<Pending> {
  const { manifest = null, tags } = change;
  return database.write(async (writer) => {
    const row = { owner, repository, manifest, tags: JSON.stringify(tags) };
    const { insertId } = await writer.insertInto('pending_change').values(row).executeTakeFirstOrThrow();
    return { id: Number(insertId), repository, ...change };
  });
}

async function forget(writer: Writer, id: number): Promise<void> {
  await writer.deleteFrom('pending_change').where('id', '=', id).execute();
}

/** In a transaction: no other request changes the same files meanwhile. */
async function changeBack(
  writer: Writer,
  { repositories }: HubStorage,
  { id, repository, manifest, tags }: Pending,
): Promise<void> {
  const owner = (await idOf(writer, repository)) ?? -1;
  const names = new Set(tags);
  if (manifest !== undefined) {
    const known = writer.selectFrom('manifest').select('media_type').where('repository', '=', owner);
    const row = await known.where('digest', '=', manifest).executeTakeFirst();
    if (row === undefined) repositories.removeManifest(repository, manifest);
    else if (!repositories.hasManifest({ repository, digest: manifest }))
      repositories.addManifest({ repository, digest: manifest, mediaType: row.media_type });
    const its = writer.selectFrom('tag').select('name').where('repository', '=', owner);
    for (const { name } of await its.where('digest', '=', manifest).execute()) names.add(name);
  }
  for (const name of names) {
    const digest = await tagged(writer, owner, name);
    if (digest === undefined) repositories.removeTag(repository, name);
    // On a full disk nothing can be written: what is right already is left as it is.
    else if (repositories.tagOf(repository, name) !== digest)
      repositories.setTag({ repository, name, digest: digest as Digest });
  }
  await forget(writer, id);
}
