/** Makes the database anew from the store: manifests and tags from their files, the rest from manifests. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { algorithmOf, finishHash, hashFor } from '../../oci/digest.ts';
import { parseManifest } from '../../oci/manifest.ts';
import { ensureId, insertManifest, insertTag } from './queries.ts';
import type { HubStorage } from './repository.ts';
import type { RecordedManifest, RecordedTag } from './repository-folder.ts';

/** Users are in no file: they stay. */
const MADE_ANEW = [
  'tag',
  'manifest_child',
  'manifest',
  'repository_blob',
  'blob',
  'upload',
  'orphan',
  'pending_change',
] as const;

export interface Reindexed {
  readonly manifests: number;
  readonly tags: number;
  /** What could not be taken over. */
  readonly findings: readonly Finding[];
}

/** What was uploaded and is named by no manifest is forgotten, as if it had expired. */
export async function reindex({ database, blobs, repositories, now }: HubStorage): Promise<Reindexed> {
  const counts = { manifests: 0, tags: 0 };
  const findings: Finding[] = [];
  const tags: RecordedTag[] = [];
  await database.write(async (writer) => {
    for (const table of MADE_ANEW) await writer.deleteFrom(table).execute();
    for (const recorded of repositories.all()) {
      if ('name' in recorded) {
        tags.push(recorded);
        continue;
      }
      try {
        const bytes = readVerified(blobs, recorded);
        const repository = await ensureId(writer, recorded.repository);
        await insertManifest(
          writer,
          { repository, digest: recorded.digest, size: bytes.length, created: now() },
          parseManifest(bytes, recorded.mediaType),
        );
        counts.manifests += 1;
      } catch (error) {
        if (!(error instanceof WaybillError)) throw error;
        findings.push({
          rule: 'manifest',
          level: 'error',
          path: `${recorded.repository}@${recorded.digest}`,
          message: error.message,
        });
      }
    }
    // What no manifest names is known all the same, so that it has its whole grace before it is collected.
    for (const { digest, size } of blobs.all())
      await writer
        .insertInto('blob')
        .values({ digest, size })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    for (const { repository, name, digest } of tags) {
      await insertTag(writer, { repository: await ensureId(writer, repository), name, digest });
      counts.tags += 1;
    }
  });
  return { ...counts, findings };
}

/** @throws WaybillError DIGEST_INVALID, BLOB_UNKNOWN, FILE_UNREADABLE */
export function readVerified(blobs: HubStorage['blobs'], { digest }: RecordedManifest): Buffer {
  const bytes = blobs.readWhole(digest);
  const found = finishHash(hashFor(digest).update(bytes), algorithmOf(digest));
  if (found !== digest)
    throw new WaybillError('DIGEST_INVALID', `Cannot use ${digest}: its bytes have the digest ${found}`);
  return bytes;
}
