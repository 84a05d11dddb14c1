/**
 * Checks that all that the hub keeps agrees: each blob with its name, each manifest with what it
 * names, the files of repositories with the database, both ways. Changes nothing. The storage must be
 * locked: while a hub works, a file and its row never come at the same moment.
 */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { type Finding, type Verdict, verdictOf } from '../../base/finding.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, MAX_MANIFEST_SIZE, parseManifest } from '../../oci/manifest.ts';
import { type BlobFile, type Watch, wrongBlobs } from '../../oci/wrong-blobs.ts';
import type { Database } from '../database/database.ts';
import { compareRows, type Recorded } from './fsck-rows.ts';
import { type HubFile, hubFiles } from './hub-files.ts';
import { childRows } from './queries.ts';

export interface Checked {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly blobs: number;
  /** Bytes that were read and hashed. */
  readonly bytes: number;
  readonly manifests: number;
  readonly tags: number;
}

export interface FsckOptions extends Watch {
  /** Folder of all that the hub keeps. */
  readonly folder: string;
  readonly database: Database;
}

/** A failing disk spoils a batch; of its blobs each is then read by itself. */
const BATCH = 500;
/** A media type or a digest. */
const MAX_RECORD_SIZE = 1024;

/** @throws WaybillError STORE_UNAVAILABLE, FILE_UNREADABLE when it cannot be looked at; what is wrong in it are findings */
export async function fsck({ folder, database, ...watch }: FsckOptions): Promise<Checked> {
  const findings: Finding[] = [];
  const files = [...hubFiles(folder)];
  const at = <Kind extends HubFile['kind']>(kind: Kind) =>
    files.filter((file): file is Extract<HubFile, { kind: Kind }> => file.kind === kind);
  const blobs = new Map<Digest, BlobFile>(at('blob').map((blob) => [blob.digest, blob]));

  const damage = await database.damage();
  for (const message of damage) findings.push({ rule: 'hub-database', level: 'error', path: 'hub.sqlite', message });
  const bad = await checkBlobs([...blobs.values()], findings, watch);
  const recorded: Recorded = {
    blobs,
    manifests: at('manifest').map((file) => readManifest(file, { blobs, bad, findings })),
    tags: at('tag').map(({ file, ...tag }) => ({ ...tag, digest: textOf(file, findings) })),
    uploads: new Set(at('upload').map(({ id }) => id)),
  };
  for (const manifest of recorded.manifests) checkChildren(manifest, blobs, findings);
  checkTags(recorded, findings);
  // Nothing that a damaged file says is worth telling.
  if (damage.length === 0) {
    await compareRows(database, recorded, findings);
    await tellPending(database, findings);
  }
  tellLeftovers(folder, files, findings);
  return {
    verdict: verdictOf(findings),
    findings,
    blobs: blobs.size,
    bytes: [...blobs.values()].reduce((sum, { size }) => sum + size, 0),
    manifests: recorded.manifests.length,
    tags: recorded.tags.length,
  };
}

/** @returns those that are not what their names say, or cannot be read */
async function checkBlobs(blobs: readonly BlobFile[], findings: Finding[], watch: Watch): Promise<ReadonlySet<Digest>> {
  const bad = new Set<Digest>();
  const refuse = (digest: Digest, message: string) => {
    bad.add(digest);
    findings.push({ rule: 'hub-blob-digest', level: 'error', path: digest, message });
  };
  for (let from = 0; from < blobs.length; from += BATCH) {
    const batch = blobs.slice(from, from + BATCH);
    for (const [digest, message] of await wrongIn(batch, watch)) refuse(digest, message);
  }
  return bad;
}

async function wrongIn(batch: readonly BlobFile[], watch: Watch): Promise<ReadonlyMap<Digest, string>> {
  try {
    const wrong = await wrongBlobs(batch, watch);
    return new Map([...wrong].map(([digest, found]) => [digest, `its bytes have the digest ${found}`]));
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return new Map([[only.digest, error.message]]);
    const each: (readonly [Digest, string])[] = [];
    for (const blob of batch) each.push(...(await wrongIn([blob], watch)));
    return new Map(each);
  }
}

function readManifest(
  { repository, digest, file }: Extract<HubFile, { kind: 'manifest' }>,
  { blobs, bad, findings }: { blobs: ReadonlyMap<Digest, BlobFile>; bad: ReadonlySet<Digest>; findings: Finding[] },
): Recorded['manifests'][number] {
  const refuse = (message: string) => {
    findings.push({ rule: 'hub-manifest', level: 'error', path: `${repository}@${digest}`, message });
    return { repository, digest };
  };
  const mediaType = textOf(file, findings);
  const blob = blobs.get(digest);
  if (blob === undefined) return refuse('it is recorded, and its content is gone');
  if (bad.has(digest)) return refuse('its content is damaged');
  if (mediaType === undefined) return refuse('its record cannot be read');
  try {
    const bytes = readSmallFile(blob.file, MAX_MANIFEST_SIZE);
    return { repository, digest, size: bytes.length, manifest: parseManifest(bytes, mediaType) };
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return refuse(error.message);
  }
}

/** What a manifest names must be there; an index may name what lies elsewhere (sparse). */
function checkChildren(
  { repository, digest, manifest }: Recorded['manifests'][number],
  blobs: ReadonlyMap<Digest, BlobFile>,
  findings: Finding[],
): void {
  if (manifest === undefined) return;
  const rows = childRows(manifest);
  for (const child of childrenOf(manifest)) {
    const size = blobs.get(child.digest)?.size;
    if (size === child.size || (size === undefined && rows.get(child.digest)?.optional)) continue;
    findings.push({
      rule: size === undefined ? 'hub-blob-missing' : 'hub-blob-size',
      // An index may be pushed before what it names, which nobody can hold it to.
      level: manifest.kind === 'index' ? 'warning' : 'error',
      path: child.digest,
      message: `${repository}@${digest} says ${child.size} bytes, ${size === undefined ? 'and it is not there' : `it has ${size}`}`,
    });
  }
}

function checkTags({ manifests, tags }: Recorded, findings: Finding[]): void {
  const known = new Set(manifests.map(({ repository, digest }) => `${repository}@${digest}`));
  for (const { repository, name, digest } of tags) {
    if (digest !== undefined && known.has(`${repository}@${digest}`)) continue;
    const message = `it points to ${JSON.stringify(digest?.slice(0, 200) ?? '')}, which the repository does not have`;
    findings.push({ rule: 'hub-tag', level: 'error', path: `${repository}:${name}`, message });
  }
}

function textOf(file: string, findings: Finding[]): string | undefined {
  try {
    return readSmallFile(file, MAX_RECORD_SIZE).toString('utf8');
  } catch (error) {
    const message = `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    findings.push({ rule: 'hub-stray', level: 'error', path: file, message });
    return undefined;
  }
}

function tellLeftovers(folder: string, files: readonly HubFile[], findings: Finding[]): void {
  const uploads = files.filter((file) => file.kind === 'upload');
  if (uploads.length > 0) {
    const bytes = uploads.reduce((sum, { size }) => sum + size, 0);
    const message = `${uploads.length} uploads (${bytes} bytes) are under way or were left: waybill hub gc takes those that were abandoned`;
    findings.push({ rule: 'hub-upload', level: 'note', message });
  }
  for (const { kind, file } of files) {
    const place = path.relative(folder, file);
    if (kind === 'stray')
      findings.push({ rule: 'hub-stray', level: 'warning', path: place, message: 'the hub does not know this file' });
    if (kind === 'temporary')
      findings.push({
        rule: 'hub-leftover',
        level: 'note',
        path: place,
        message: 'a file that was never finished; garbage collection takes it',
      });
  }
}

/** Requests that were cut short by force: what differs because of them is not damage. */
async function tellPending(database: Database, findings: Finding[]): Promise<void> {
  const rows = await database.read((reader) => reader.selectFrom('pending_change').select('repository').execute());
  for (const { repository } of rows)
    findings.push({
      rule: 'hub-not-ended',
      level: 'note',
      path: repository,
      message: 'a request was cut short by force: the hub changes back what it left at its next start',
    });
}
