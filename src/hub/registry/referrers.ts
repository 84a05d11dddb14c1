/**
 * What is attached to a manifest, in pages that every client takes: distribution specification,
 * "Listing Referrers". Whoever may push can attach, in any number and with any annotations.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Index, Manifest } from '../../oci/manifest.ts';
import type { Reader } from '../database/database.ts';
import { descriptorOf } from './queries.ts';

export interface ReferrersPage {
  readonly manifests: readonly Descriptor[];
  readonly isLast: boolean;
}

/** Clients read lists of up to 4 MiB, as manifests; with what is around the entries a page stays far below. */
const MAX_PAGE_SIZE = 2 * 1024 * 1024;
/** Signatures and statements have some hundred bytes of annotations; more belongs into a blob. */
const MAX_REFERRER_ENTRY = 64 * 1024;
/** Rows that are in memory at once. */
const BATCH = 30;

export async function listReferrers(
  reader: Reader,
  { repository, subject }: { repository: number; subject: Digest },
  { last = '', limit, artifactType }: { last: string | undefined; limit: number; artifactType: string | undefined },
): Promise<ReferrersPage> {
  const manifests: Descriptor[] = [];
  let size = 0;
  for (let after = last; ; ) {
    let query = reader
      .selectFrom('manifest')
      .selectAll()
      .where('repository', '=', repository)
      .where('subject', '=', subject)
      .where('digest', '>', after)
      .orderBy('digest')
      .limit(BATCH);
    if (artifactType !== undefined) query = query.where('artifact_type', '=', artifactType);
    const rows = await query.execute();
    for (const row of rows) {
      const descriptor = descriptorOf(row);
      size += JSON.stringify(descriptor).length;
      const isFull = manifests.length >= limit || (manifests.length > 0 && size > MAX_PAGE_SIZE);
      if (isFull) return { manifests, isLast: false };
      manifests.push(descriptor);
      after = row.digest;
    }
    if (rows.length < BATCH) return { manifests, isLast: true };
  }
}

/**
 * A referrer stands in a list with its annotations: a few of the size of a manifest would make it longer
 * than clients read, and hide the others.
 * @throws WaybillError LIMIT_EXCEEDED
 */
export function checkReferrer({ subject, annotations, artifactType = '' }: Manifest | Index): void {
  if (subject === undefined) return;
  const size = Buffer.byteLength(JSON.stringify(annotations)) + Buffer.byteLength(artifactType);
  if (size > MAX_REFERRER_ENTRY)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot store the manifest: it has a subject and ${size} bytes of annotations, the limit is ${MAX_REFERRER_ENTRY}`,
      { hint: 'Put what is long into a blob' },
    );
}
