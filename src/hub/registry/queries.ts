/** Questions to the database that several parts of a repository ask. */
import { sql } from 'kysely';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, type Index, type Manifest } from '../../oci/manifest.ts';
import type { Reader, Writer } from '../database/database.ts';
import { prepare } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';
import { skeletonOf } from './look-alikes.ts';

export interface KnownManifest {
  readonly repository: number;
  readonly digest: Digest;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What a manifest says, as a row. */
export function manifestRow(known: KnownManifest, manifest: Manifest | Index): Tables['manifest'] {
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
    .values({ name, skeleton: skeletonOf(name) })
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
            .where('child', '=', digest)
            .where('optional', '=', sql.lit(0)),
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

/**
 * Whether the repository has the content: uploaded, mounted, a manifest of its own, or named by one that
 * was held to have it. What an index names proves nothing: else whoever knows a digest could read it.
 */
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
export async function knownManifest(
  reader: Reader,
  repository: string,
  reference: string,
): Promise<Pick<Tables['manifest'], 'digest' | 'media_type' | 'size'> | undefined> {
  return (await (reference.includes(':') ? byDigest : byTag)(reader, repository, reference))[0];
}

/** Whether it is a manifest of the repository, or one of them names it. */
export async function isNamed(reader: Reader, repository: number, digest: Digest): Promise<boolean> {
  const named = await reader
    .selectFrom('manifest_child')
    .select('child')
    .where('repository', '=', repository)
    .where('child', '=', digest)
    .executeTakeFirst();
  return named !== undefined || isManifestOf(reader, repository, digest);
}

async function isManifestOf(reader: Reader, repository: number, digest: Digest): Promise<boolean> {
  const own = await reader
    .selectFrom('manifest')
    .select('digest')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .executeTakeFirst();
  return own !== undefined;
}

/** Layers that lie elsewhere by their licence: image specification, "Non-Distributable Layers"; Docker's foreign ones. */
function isForeign({ mediaType }: Descriptor): boolean {
  return /nondistributable|\.foreign\./.test(mediaType);
}

/** What a manifest names, and whether its repository may lack it: all of an index (sparse), foreign layers of an image. */
export function childRows(
  manifest: Manifest | Index,
): ReadonlyMap<Digest, { readonly size: number; readonly optional: boolean }> {
  const rows = new Map<Digest, { size: number; optional: boolean }>();
  for (const child of childrenOf(manifest)) {
    const optional = manifest.kind === 'index' || isForeign(child);
    // Named twice: it must be there if one of the two wants it.
    if (rows.get(child.digest)?.optional !== false) rows.set(child.digest, { size: child.size, optional });
  }
  return rows;
}

/** Records a manifest and what it names; one that is recorded stays as it is. */
export async function insertManifest(writer: Writer, known: KnownManifest, manifest: Manifest | Index): Promise<void> {
  const { repository, digest, size } = known;
  const once = <Builder extends { doNothing(): Result }, Result>(conflict: Builder) => conflict.doNothing();
  await writer.insertInto('blob').values({ digest, size }).onConflict(once).execute();
  await writer.insertInto('manifest').values(manifestRow(known, manifest)).onConflict(once).execute();
  for (const [child, { optional }] of childRows(manifest)) {
    await writer
      .insertInto('manifest_child')
      .values({ repository, manifest: digest, child, optional: Number(optional) })
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
