/** Questions to the database that several parts of a repository ask. */
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, type Index, type Manifest } from '../../oci/manifest.ts';
import type { Reader, Writer } from '../database/database.ts';
import { prepare } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';

export interface KnownManifest {
  readonly repository: number;
  readonly digest: Digest;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What a manifest says, as a row. */
function rowOf(known: KnownManifest, manifest: Manifest | Index): Tables['manifest'] {
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

/** Content of a repository: uploaded or mounted, a manifest of its own, or named by one. */
const held = prepare((reader, name: string, digest: string) =>
  reader
    .selectFrom('repository')
    .select('repository.id')
    .where('repository.name', '=', name)
    .where(({ or, exists, selectFrom }) =>
      or([
        exists(
          selectFrom('repository_blob')
            .select('digest')
            .whereRef('repository', '=', 'repository.id')
            .where('digest', '=', digest),
        ),
        exists(
          selectFrom('manifest_child')
            .select('child')
            .whereRef('repository', '=', 'repository.id')
            .where('child', '=', digest),
        ),
        exists(
          selectFrom('manifest')
            .select('digest')
            .whereRef('repository', '=', 'repository.id')
            .where('digest', '=', digest),
        ),
      ]),
    ),
);

/** Whether the repository has the content: uploaded, mounted, a manifest of its own, or named by one. */
export async function references(reader: Reader, repository: string, digest: Digest): Promise<boolean> {
  return (await held(reader, repository, digest)).length > 0;
}

const byDigest = prepare((reader, name: string, digest: string) =>
  reader
    .selectFrom('repository')
    .innerJoin('manifest', 'manifest.repository', 'repository.id')
    .select(['manifest.digest', 'manifest.media_type', 'manifest.size'])
    .where('repository.name', '=', name)
    .where('manifest.digest', '=', digest),
);

const byTag = prepare((reader, name: string, tag: string) =>
  reader
    .selectFrom('repository')
    .innerJoin('tag', 'tag.repository', 'repository.id')
    .innerJoin('manifest', (join) =>
      join.onRef('manifest.repository', '=', 'tag.repository').onRef('manifest.digest', '=', 'tag.digest'),
    )
    .select(['manifest.digest', 'manifest.media_type', 'manifest.size'])
    .where('repository.name', '=', name)
    .where('tag.name', '=', tag),
);

/** A manifest of a repository, by digest or by tag. */
export async function manifestRow(
  reader: Reader,
  repository: string,
  reference: string,
): Promise<Pick<Tables['manifest'], 'digest' | 'media_type' | 'size'> | undefined> {
  return (await (reference.includes(':') ? byDigest : byTag)(reader, repository, reference))[0];
}

/** Records a manifest and what it names; one that is recorded stays as it is. */
export async function insertManifest(writer: Writer, known: KnownManifest, manifest: Manifest | Index): Promise<void> {
  const { repository, digest, size } = known;
  const once = <Builder extends { doNothing(): Result }, Result>(conflict: Builder) => conflict.doNothing();
  await writer.insertInto('blob').values({ digest, size }).onConflict(once).execute();
  await writer.insertInto('manifest').values(rowOf(known, manifest)).onConflict(once).execute();
  for (const child of new Set(childrenOf(manifest).map((child) => child.digest))) {
    await writer
      .insertInto('manifest_child')
      .values({ repository, manifest: digest, child })
      .onConflict(once)
      .execute();
  }
}

export async function insertTag(writer: Writer, tag: Tables['tag']): Promise<void> {
  await writer
    .insertInto('tag')
    .values(tag)
    .onConflict((conflict) => conflict.columns(['repository', 'name']).doUpdateSet({ digest: tag.digest }))
    .execute();
}

/** @returns how many manifests went: one or none */
export async function deleteManifest(writer: Writer, repository: number, digest: Digest): Promise<bigint> {
  const { numDeletedRows } = await writer
    .deleteFrom('manifest')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .executeTakeFirst();
  await writer
    .deleteFrom('manifest_child')
    .where('repository', '=', repository)
    .where('manifest', '=', digest)
    .execute();
  await writer.deleteFrom('tag').where('repository', '=', repository).where('digest', '=', digest).execute();
  return numDeletedRows;
}
