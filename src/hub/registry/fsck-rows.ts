/** Holds the database to the files, and the files to the database: the second half of fsck.ts. */
import type { Finding } from '../../base/finding.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, type Index, type Manifest } from '../../oci/manifest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import type { BlobFile } from '../../oci/wrong-blobs.ts';
import type { Database, Reader } from '../database/database.ts';
import { childRows, manifestRow } from './queries.ts';

/** What the files say. */
export interface Recorded {
  readonly blobs: ReadonlyMap<Digest, BlobFile>;
  readonly manifests: readonly {
    readonly repository: RepositoryName;
    readonly digest: Digest;
    readonly size?: number;
    /** Absent where it cannot be read. */
    readonly manifest?: Manifest | Index;
  }[];
  readonly tags: readonly {
    readonly repository: RepositoryName;
    readonly name: string;
    readonly digest: string | undefined;
  }[];
  /** Ids. */
  readonly uploads: ReadonlySet<string>;
}

/** Where a row says another thing than the files, the database can be made anew from them. */
const REMEDY = 'waybill hub reindex';

interface Comparison {
  readonly reader: Reader;
  readonly recorded: Recorded;
  /** Names of repositories by their ids. */
  readonly names: ReadonlyMap<number, string>;
  readonly findings: Finding[];
}

export function compareRows(database: Database, recorded: Recorded, findings: Finding[]): Promise<void> {
  return database.read(async (reader) => {
    const repositories = await reader.selectFrom('repository').selectAll().execute();
    const names = new Map(repositories.map(({ id, name }) => [id, name]));
    const comparison = { reader, recorded, names, findings };
    await compareManifests(comparison);
    await compareTags(comparison);
    await compareBlobs(comparison);
  });
}

async function compareManifests({ reader, recorded, names, findings }: Comparison): Promise<void> {
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  const disagree = disagreement(findings);
  for (const { repository, digest, size, manifest } of recorded.manifests) {
    const id = ids.get(repository) ?? -1;
    const place = `${repository}@${digest}`;
    const row = await reader
      .selectFrom('manifest')
      .selectAll()
      .where('repository', '=', id)
      .where('digest', '=', digest)
      .executeTakeFirst();
    if (row === undefined) disagree(place, 'the files record this manifest, and the database does not know it');
    if (row === undefined || manifest === undefined || size === undefined) continue;
    const expected = manifestRow({ repository: id, digest, size, created: Number(row.created) }, manifest);
    const wrong = (Object.keys(expected) as (keyof typeof expected)[]).filter((key) => expected[key] !== row[key]);
    if (wrong.length > 0) disagree(place, `the database says otherwise than the manifest: ${wrong.join(', ')}`);
    const rows = await reader
      .selectFrom('manifest_child')
      .select(['child', 'optional'])
      .where('repository', '=', id)
      .where('manifest', '=', digest)
      .execute();
    const known = new Set(rows.map(({ child, optional }) => `${child}${optional ? ', which it may lack' : ''}`));
    const named = new Set(
      [...childRows(manifest)].map(([child, { optional }]) => `${child}${optional ? ', which it may lack' : ''}`),
    );
    for (const child of [...named].filter((one) => !known.has(one)))
      disagree(place, `the database does not say that it names ${child}`);
    for (const child of [...known].filter((one) => !named.has(one)))
      disagree(place, `the database says that it names ${child}`);
  }
  const inFiles = new Set(recorded.manifests.map(({ repository, digest }) => `${repository}@${digest}`));
  for (const table of ['manifest', 'manifest_child'] as const) {
    const column = table === 'manifest' ? 'digest' : 'manifest';
    const rows = await reader
      .selectFrom(table)
      .select(['repository', `${column} as digest`])
      .distinct()
      .execute();
    for (const { repository, digest } of rows) {
      const place = `${names.get(repository) ?? `repository ${repository}`}@${digest}`;
      if (!inFiles.has(place)) disagree(place, 'the database knows this manifest, and the files do not record it');
      inFiles.add(place);
    }
  }
}

async function compareTags({ reader, recorded, names, findings }: Comparison): Promise<void> {
  const disagree = disagreement(findings);
  const rows = await reader.selectFrom('tag').selectAll().execute();
  const known = new Map(
    rows.map(({ repository, name, digest }) => [
      `${names.get(repository) ?? `repository ${repository}`}:${name}`,
      digest,
    ]),
  );
  for (const { repository, name, digest } of recorded.tags) {
    const place = `${repository}:${name}`;
    const row = known.get(place);
    known.delete(place);
    if (row !== digest)
      disagree(place, `it points to ${digest ?? 'nothing'} in the files, to ${row ?? 'nothing'} in the database`);
  }
  for (const [place, digest] of known)
    disagree(place, `it points to nothing in the files, to ${digest} in the database`);
}

/** Blobs, and what nothing names. */
async function compareBlobs({ reader, recorded, names, findings }: Comparison): Promise<void> {
  const { blobs } = recorded;
  const disagree = disagreement(findings);
  const named = new Set<string>(recorded.manifests.map(({ digest }) => digest));
  for (const { manifest } of recorded.manifests)
    if (manifest !== undefined) for (const child of childrenOf(manifest)) named.add(child.digest);
  // Whose absence has been told.
  const told = new Set(named);
  // What the database alone names is not taken by gc; that it does is told above.
  for (const { child } of await reader.selectFrom('manifest_child').select('child').distinct().execute())
    named.add(child);
  for (const { digest } of await reader.selectFrom('manifest').select('digest').distinct().execute()) named.add(digest);
  const brought = await reader.selectFrom('repository_blob').select(['repository', 'digest']).execute();
  for (const { repository, digest } of brought) {
    const name = names.get(repository);
    if (name === undefined) disagree(digest, `the database has it in a repository that it does not know`);
    else if (!blobs.has(digest as Digest) && !told.has(digest))
      findings.push({
        rule: 'hub-blob-missing',
        level: 'error',
        path: digest,
        message: `it was pushed to ${name}, and it is not there`,
      });
    named.add(digest);
  }
  const rows = await reader.selectFrom('blob').selectAll().execute();
  const known = new Map(rows.map(({ digest, size }) => [digest, Number(size)]));
  let garbage = 0;
  let bytes = 0;
  for (const { digest, size } of blobs.values()) {
    const stated = known.get(digest);
    if (stated === undefined && named.has(digest)) disagree(digest, 'the database does not know this blob');
    if (stated !== undefined && stated !== size)
      findings.push({
        rule: 'hub-blob-size',
        level: 'error',
        path: digest,
        message: `the database says ${stated} bytes, its file has ${size}`,
      });
    if (named.has(digest)) continue;
    garbage += 1;
    bytes += size;
  }
  if (garbage > 0)
    findings.push({
      rule: 'hub-garbage',
      level: 'note',
      message: `${garbage} blobs (${bytes} bytes) are named by nothing: waybill hub gc takes them after their grace`,
    });
}

function disagreement(findings: Finding[]): (place: string, found: string) => void {
  return (place, found) =>
    void findings.push({ rule: 'hub-index', level: 'error', path: place, message: `${found}: ${REMEDY}` });
}
