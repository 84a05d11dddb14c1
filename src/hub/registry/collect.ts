/**
 * Garbage collection: takes away uploads that were abandoned and content that nothing names any
 * more. In two phases: what is found unnamed is marked, and goes when it has been so for the whole
 * grace. Safe while pushes run: content and what the database knows of it go in one transaction,
 * and a push makes both appear in one.
 */
import fs from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Reader, Writer } from '../database/database.ts';
import type { HubStorage } from './repository.ts';
import type { RecordedManifest } from './repository-folder.ts';

export interface CollectOptions {
  /** Milliseconds for which content stays after nothing names it, and an upload after its last byte. */
  readonly grace: number;
  /** Says what would go and changes nothing. */
  readonly dryRun?: boolean;
}

export interface Collected {
  /** Uploads that were abandoned. */
  readonly uploads: number;
  readonly blobs: number;
  /** Bytes of those blobs. */
  readonly bytes: number;
  /** Blobs that nothing names and whose grace is not over. */
  readonly waiting: number;
}

/** Others write between two batches; one takes some milliseconds. */
const BATCH = 500;
/** A process that waits for the database looks every few milliseconds at first. */
const PAUSE_MILLISECONDS = 3;
/** Milliseconds in which a small file is written, on whatever disk. */
const LONGEST_WRITE = 600_000;

type Tally = { -readonly [Key in keyof Collected]: Collected[Key] };

interface Pass {
  readonly storage: HubStorage;
  /** When the pass began: milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds since 1970: what is older goes. */
  readonly cutoff: number;
  readonly dryRun: boolean;
  readonly tally: Tally;
}

/**
 * @throws WaybillError STORE_UNAVAILABLE, before anything goes, when the database does not know what the files record;
 *   as the database and the folder cannot be used, and what went before has gone then
 */
export async function collect(storage: HubStorage, { grace, dryRun = false }: CollectOptions): Promise<Collected> {
  const tally: Tally = { uploads: 0, blobs: 0, bytes: 0, waiting: 0 };
  const now = storage.now();
  const pass: Pass = { storage, now, cutoff: now - grace, dryRun, tally };
  const { database } = storage;
  await checkDatabase(pass);
  await abandonUploads(pass);
  if (dryRun) await rehearse(pass);
  else {
    await database.write((writer) => expire(writer, pass));
    let last: string | undefined = '';
    while (last !== undefined) {
      const after: string = last;
      last = await database.write((writer) => sweep(writer, after, pass));
      // SQLite answers at once: without this no request would be answered before the last batch, and
      // no other process would find the database free.
      await sleep(PAUSE_MILLISECONDS);
    }
  }
  await removeStrays(pass);
  return tally;
}

/** All of it in one transaction that is undone: later steps see what earlier ones would do. */
async function rehearse(pass: Pass): Promise<void> {
  const undo = new Error('a rehearsal');
  try {
    await pass.storage.database.write(async (writer) => {
      await expire(writer, pass);
      for (let last: string | undefined = ''; last !== undefined; ) last = await sweep(writer, last, pass);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
}

/**
 * A database that was lost, or brought back from a backup, takes what it does not know for garbage:
 * each manifest that is recorded in a file must be known to it.
 */
async function checkDatabase(pass: Pass): Promise<void> {
  const { database, repositories } = pass.storage;
  let seen = 0;
  for (const recorded of repositories.all((file) => removeTemporary(file, pass))) {
    if (++seen % BATCH === 0) await setImmediate(); // Requests are answered meanwhile.
    if ('name' in recorded) continue;
    const isKnown = (reader: Reader) => knowsManifest(reader, recorded);
    // Again behind the pushes under way: they write the file first.
    if ((await database.read(isKnown)) || (await database.write(isKnown))) continue;
    // Or it was deleted since it was listed.
    if (!repositories.hasManifest(recorded)) continue;
    throw new WaybillError(
      'STORE_UNAVAILABLE',
      `Cannot collect garbage: the database does not know the manifest ${recorded.repository}@${recorded.digest}, which its files record`,
      { hint: 'Stop the hub and run waybill hub reindex; nothing was removed' },
    );
  }
}

async function knowsManifest(reader: Reader, { repository, digest }: RecordedManifest): Promise<boolean> {
  const row = await reader
    .selectFrom('manifest')
    .innerJoin('repository', 'repository.id', 'manifest.repository')
    .select('manifest.digest')
    .where('repository.name', '=', repository)
    .where('manifest.digest', '=', digest)
    .executeTakeFirst();
  return row !== undefined;
}

async function abandonUploads({ storage, cutoff, dryRun, tally }: Pass): Promise<void> {
  const { database, blobs } = storage;
  const known = await database.read((reader) => reader.selectFrom('upload').select(['id', 'created']).execute());
  const touched = new Map(known.map(({ id, created }) => [id, Number(created)]));
  for (const { id, modified } of blobs.uploads()) touched.set(id, modified);
  for (const [id, time] of touched) {
    if (time > cutoff) continue;
    tally.uploads += 1;
    if (dryRun) continue;
    blobs.forget(id);
    await database.write((writer) => writer.deleteFrom('upload').where('id', '=', id).execute());
  }
}

/** An upload or a mount counts as a reference until a manifest names the content, or its time is over. */
async function expire(writer: Writer, { cutoff }: Pass): Promise<void> {
  await writer
    .deleteFrom('repository_blob')
    .where('added', '<=', cutoff)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('manifest_child')
            .select('child')
            .whereRef('manifest_child.repository', '=', 'repository_blob.repository')
            .whereRef('manifest_child.child', '=', 'repository_blob.digest'),
        ),
      ),
    )
    .execute();
}

/** Marks, spares or removes the blobs after one. @returns the last that was looked at, undefined at the end */
async function sweep(writer: Writer, after: string, pass: Pass): Promise<string | undefined> {
  const batch = await writer
    .selectFrom('blob')
    .leftJoin('orphan', 'orphan.digest', 'blob.digest')
    .select(['blob.digest', 'blob.size', 'orphan.since'])
    .where('blob.digest', '>', after)
    .orderBy('blob.digest')
    .limit(BATCH)
    .execute();
  for (const { digest, size, since } of batch) {
    const isNamed = await isReferenced(writer, digest);
    if (isNamed) {
      if (since !== null) await writer.deleteFrom('orphan').where('digest', '=', digest).execute();
    } else if ((since === null ? pass.now : Number(since)) > pass.cutoff) {
      pass.tally.waiting += 1;
      if (since === null) await writer.insertInto('orphan').values({ digest, since: pass.now }).execute();
    } else {
      await writer.deleteFrom('orphan').where('digest', '=', digest).execute();
      await writer.deleteFrom('blob').where('digest', '=', digest).execute();
      // Before the commit: what is cut short leaves a row without content that nothing names.
      if (!pass.dryRun) pass.storage.blobs.remove(digest as Digest);
      pass.tally.blobs += 1;
      pass.tally.bytes += Number(size);
    }
  }
  return batch.length < BATCH ? undefined : batch.at(-1)?.digest;
}

/** Whether any repository names the content, or it was brought into one a short while ago. */
async function isReferenced(writer: Writer, digest: string): Promise<boolean> {
  const uploaded = writer.selectFrom('repository_blob').select('digest').where('digest', '=', digest);
  if ((await uploaded.limit(1).executeTakeFirst()) !== undefined) return true;
  const child = writer.selectFrom('manifest_child').select('child').where('child', '=', digest);
  if ((await child.limit(1).executeTakeFirst()) !== undefined) return true;
  const manifest = writer.selectFrom('manifest').select('digest').where('digest', '=', digest);
  return (await manifest.limit(1).executeTakeFirst()) !== undefined;
}

/** Files that the database does not know: left by a hub that was killed. */
async function removeStrays(pass: Pass): Promise<void> {
  const { storage, cutoff, dryRun, tally } = pass;
  const { database, blobs } = storage;
  let seen = 0;
  for (const { digest, size, modified } of blobs.all((file) => removeTemporary(file, pass))) {
    if (++seen % BATCH === 0) await setImmediate();
    if (modified > cutoff) continue;
    // In a transaction, so that no push makes it known meanwhile.
    await database.write(async (writer) => {
      const known = writer.selectFrom('blob').select('digest').where('digest', '=', digest);
      if ((await known.executeTakeFirst()) !== undefined || (await isReferenced(writer, digest))) return;
      if (!dryRun) blobs.remove(digest);
      tally.blobs += 1;
      tally.bytes += size;
    });
  }
}

/** A file that was never finished, because the hub was killed. */
function removeTemporary(file: string, { now, cutoff, dryRun }: Pass): void {
  const modified = fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
  if (modified <= Math.min(cutoff, now - LONGEST_WRITE) && !dryRun) fs.rmSync(file, { force: true });
}
