/** Questions to the database that several parts of a repository ask. */
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Index, Manifest } from '../../oci/manifest.ts';
import type { Reader, Writer } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

/** What a manifest says, as a row. */
export function manifestRow(
  known: { repository: number; digest: Digest; size: number; created: number },
  manifest: Manifest | Index,
): Tables['manifest'] {
  const type = manifest.artifactType ?? (manifest.kind === 'manifest' ? manifest.config.mediaType : undefined);
  return {
    ...known,
    media_type: manifest.mediaType,
    artifact_type: type ?? null,
    subject: manifest.subject?.digest ?? null,
    annotations: Object.keys(manifest.annotations).length === 0 ? null : JSON.stringify(manifest.annotations),
  };
}

/** The same row as others see it: an entry of the referrers list. */
export function descriptorOf(row: Tables['manifest']): Descriptor {
  return {
    mediaType: row.media_type,
    digest: row.digest as Digest,
    size: Number(row.size),
    ...(row.artifact_type === null ? {} : { artifactType: row.artifact_type }),
    ...(row.annotations === null ? {} : { annotations: JSON.parse(row.annotations) }),
  };
}

export async function idOf(reader: Reader, name: string): Promise<number | undefined> {
  return (await reader.selectFrom('repository').select('id').where('name', '=', name).executeTakeFirst())?.id;
}

export async function ensureId(writer: Writer, name: string): Promise<number> {
  await writer
    .insertInto('repository')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const id = await idOf(writer, name);
  if (id === undefined) throw new TypeError('a repository that was just made is gone');
  return id;
}

export async function tagged(reader: Reader, repository: number, name: string): Promise<string | undefined> {
  return (
    await reader
      .selectFrom('tag')
      .select('digest')
      .where('repository', '=', repository)
      .where('name', '=', name)
      .executeTakeFirst()
  )?.digest;
}

/** Whether the repository has the content: uploaded, mounted, a manifest of its own, or named by one. */
export async function references(reader: Reader, repository: number, digest: Digest): Promise<boolean> {
  const uploaded = await reader
    .selectFrom('repository_blob')
    .select('digest')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (uploaded !== undefined) return true;
  const named = await reader
    .selectFrom('manifest_child')
    .select('child')
    .where('repository', '=', repository)
    .where('child', '=', digest)
    .executeTakeFirst();
  if (named !== undefined) return true;
  return (
    (await reader
      .selectFrom('manifest')
      .select('digest')
      .where('repository', '=', repository)
      .where('digest', '=', digest)
      .executeTakeFirst()) !== undefined
  );
}
