/**
 * Brings the database in line with the files of repositories after the hub was ended by force. A
 * request that was cut short may have changed files and not yet the database; nobody was told that it
 * succeeded, so either would do, and the files are what the database is made from. One request at a
 * time writes, so that only one can have been cut short.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Index, type Manifest, parseManifest } from '../../oci/manifest.ts';
import type { Reader, Writer } from '../database/database.ts';
import { deleteManifest, ensureId, insertManifest, insertTag } from './queries.ts';
import { readVerified } from './reindex.ts';
import type { HubStorage } from './repository.ts';
import type { RecordedManifest, RecordedTag } from './repository-folder.ts';

/** One request writes one manifest; a power cut may undo some more where folders cannot be synced. */
const MAX_CUT_SHORT = 20;

/** @throws WaybillError STORE_UNAVAILABLE when more differs than requests that were cut short can explain */
export async function reconcile(storage: HubStorage): Promise<void> {
  const { database, repositories, blobs } = storage;
  repositories.removeTemporary();
  blobs.removeTemporary();
  await database.write(async (writer) => {
    const known = await knownIn(writer);
    const manifests: RecordedManifest[] = [];
    const tags: RecordedTag[] = [];
    for (const recorded of repositories.all()) {
      if ('name' in recorded) {
        const key = `${recorded.repository}:${recorded.name}`;
        if (known.tags.get(key)?.target !== recorded.digest) tags.push(recorded);
        known.tags.delete(key);
      } else if (!known.manifests.delete(`${recorded.repository}@${recorded.digest}`)) manifests.push(recorded);
    }
    const differing = manifests.length + known.manifests.size;
    if (differing > MAX_CUT_SHORT)
      throw new WaybillError(
        'STORE_UNAVAILABLE',
        `Cannot start the hub: its database and its files differ in ${differing} manifests, and it was not ended in order`,
        {
          hint: 'waybill hub fsck tells which; waybill hub reindex makes the tables of repositories anew from the files and keeps the users; or bring both back from one backup',
        },
      );
    for (const recorded of manifests) await takeOver(writer, recorded, storage);
    for (const { repository, name, digest } of tags)
      await insertTag(writer, { repository: await ensureId(writer, repository), name, digest });
    for (const { repository, name } of known.tags.values())
      await writer.deleteFrom('tag').where('repository', '=', repository).where('name', '=', name).execute();
    for (const { repository, digest } of known.manifests.values()) await deleteManifest(writer, repository, digest);
  });
}

/** Damage is for fsck to tell: a hub that does not start helps nobody. */
async function takeOver(writer: Writer, recorded: RecordedManifest, { blobs, now }: HubStorage): Promise<void> {
  let read: { size: number; manifest: Manifest | Index };
  try {
    const bytes = readVerified(blobs, recorded);
    read = { size: bytes.length, manifest: parseManifest(bytes, recorded.mediaType) };
  } catch (error) {
    if (error instanceof WaybillError) return;
    throw error;
  }
  const repository = await ensureId(writer, recorded.repository);
  await insertManifest(writer, { repository, digest: recorded.digest, size: read.size, created: now() }, read.manifest);
}

async function knownIn(reader: Reader) {
  const manifests = await reader
    .selectFrom('manifest')
    .innerJoin('repository', 'repository.id', 'manifest.repository')
    .select(['manifest.repository', 'manifest.digest', 'repository.name'])
    .execute();
  const tags = await reader
    .selectFrom('tag')
    .innerJoin('repository', 'repository.id', 'tag.repository')
    .select(['tag.repository', 'tag.name', 'tag.digest as target', 'repository.name as owner'])
    .execute();
  return {
    manifests: new Map(
      manifests.map(({ repository, digest, name }) => [`${name}@${digest}`, { repository, digest: digest as Digest }]),
    ),
    tags: new Map(tags.map((tag) => [`${tag.owner}:${tag.name}`, tag])),
  };
}
