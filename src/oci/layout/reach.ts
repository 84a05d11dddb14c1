/**
 * What a layout's index reaches: the content of every named or plain manifest, and of every
 * referrer whose subject is reached. Deciding what may go needs all of it, so whatever cannot be
 * read is an error, never "nothing".
 */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import {
  childrenOf,
  type Index,
  isManifestType,
  MAX_MANIFEST_SIZE,
  type Manifest,
  parseManifest,
} from '../manifest.ts';
import type { Store } from '../store.ts';
import { readContent } from '../verified.ts';
import type { IndexEntry } from './index-file.ts';

/** Indexes of indexes end somewhere; a crafted chain does not. */
const MAX_INDEX_DEPTH = 8;

export interface Reach {
  readonly digests: ReadonlySet<Digest>;
  /** Entries that are kept; the others are referrers of something that is gone. */
  readonly entries: readonly IndexEntry[];
}

/** @throws WaybillError when a manifest on the way cannot be read */
export async function reachOf(store: Store, entries: readonly IndexEntry[]): Promise<Reach> {
  const digests = new Set<Digest>();
  const kept = new Set<IndexEntry>();
  const waiting = new Map<IndexEntry, Digest>();

  const visit = async (target: Descriptor, depth: number): Promise<void> => {
    if (digests.has(target.digest)) return;
    digests.add(target.digest);
    if (!isManifestType(target.mediaType)) return;
    if (depth > MAX_INDEX_DEPTH)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot follow ${target.digest}: indexes nest deeper than ${MAX_INDEX_DEPTH}`,
      );
    for (const child of childrenOf(await load(store, target))) await visit(child, depth + 1);
  };

  for (const entry of entries) {
    const subject = isManifestType(entry.target.mediaType) ? (await load(store, entry.target)).subject : undefined;
    if (entry.name === undefined && subject !== undefined) waiting.set(entry, subject.digest);
    else {
      kept.add(entry);
      await visit(entry.target, 0);
    }
  }
  // A referrer may be the subject of another one: go on until nothing new is reached.
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const [entry, subject] of waiting) {
      if (!digests.has(subject)) continue;
      waiting.delete(entry);
      kept.add(entry);
      await visit(entry.target, 0);
    }
  }
  return { digests, entries: entries.filter((entry) => kept.has(entry)) };
}

async function load(store: Store, target: Descriptor): Promise<Manifest | Index> {
  return parseManifest(
    await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`),
    target.mediaType,
  );
}
