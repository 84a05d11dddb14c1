/**
 * A transaction that changes files of a repository too. When it fails behind them, as on a full disk,
 * they are changed back: what was refused must not come true when the database is made anew.
 */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import type { Writer } from '../database/database.ts';
import { idOf, tagged } from './queries.ts';
import type { HubStorage } from './repository.ts';

/** What a transaction is about to change in the files of its repository; added to before it does. */
export interface Touched {
  readonly manifests: Set<Digest>;
  readonly tags: Set<string>;
}

/** @throws what the work throws */
export async function record<Result>(
  storage: HubStorage,
  repository: RepositoryName,
  work: (writer: Writer, touched: Touched) => Promise<Result>,
): Promise<Result> {
  const touched: Touched = { manifests: new Set(), tags: new Set() };
  try {
    return await storage.database.write((writer) => work(writer, touched));
  } catch (error) {
    if (touched.manifests.size > 0 || touched.tags.size > 0) await changeBack(storage, repository, touched);
    throw error;
  }
}

async function changeBack(
  { database, repositories }: HubStorage,
  repository: RepositoryName,
  { manifests, tags }: Touched,
): Promise<void> {
  try {
    // A transaction, though it writes nothing: no other request changes the same files meanwhile.
    await database.write(async (writer) => {
      const id = (await idOf(writer, repository)) ?? -1;
      for (const digest of manifests) {
        const known = writer.selectFrom('manifest').select('media_type').where('repository', '=', id);
        const row = await known.where('digest', '=', digest).executeTakeFirst();
        if (row === undefined) repositories.removeManifest(repository, digest);
        else if (!repositories.hasManifest({ repository, digest }))
          repositories.addManifest({ repository, digest, mediaType: row.media_type });
      }
      for (const name of tags) {
        const digest = await tagged(writer, id, name);
        if (digest === undefined) repositories.removeTag(repository, name);
        // On a full disk nothing can be written: what is right already is left as it is.
        else if (repositories.tagOf(repository, name) !== digest)
          repositories.setTag({ repository, name, digest: digest as Digest });
      }
    });
  } catch {
    repositories.mayDiffer = true;
  }
}
