/** What a copy moves: all content of an artifact and of what is attached to it. */
import { WaybillError } from '../base/errors.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { childrenOf, isManifestType, MAX_MANIFEST_SIZE, parseManifest } from './manifest.ts';
import type { ArtifactStore } from './store.ts';
import { readContent } from './verified.ts';

export interface CopyPlan {
  readonly blobs: readonly Descriptor[];
  /** In the order to write them: what is named comes before what names it. */
  readonly manifests: readonly Descriptor[];
  readonly referrers: readonly Descriptor[];
}

/** Caps of a recursive copy; beyond them the answer would be silently incomplete. */
const MAX_REFERRERS = 1_000;
const MAX_REFERRER_DEPTH = 3;
const MAX_STATEMENT_BYTES = 256 * 1024 * 1024;
const MAX_INDEX_DEPTH = 8;

/** @throws WaybillError LIMIT_EXCEEDED, and as manifests cannot be read */
export async function planCopy(from: ArtifactStore, target: Descriptor, withReferrers: boolean): Promise<CopyPlan> {
  const plan = new Plan(from);
  await plan.add(target, 0);
  const own = new Set(plan.blobs.keys());
  const referrers: Descriptor[] = [];
  if (withReferrers) await collectReferrers(from, target, 1, referrers);
  for (const referrer of referrers) await plan.add(referrer, 0);
  const statements = [...plan.blobs.values()].filter(({ digest }) => !own.has(digest));
  if (statements.reduce((sum, { size }) => sum + size, 0) > MAX_STATEMENT_BYTES) {
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot copy ${target.digest}: what is attached has more than ${MAX_STATEMENT_BYTES} bytes`,
      { hint: 'Add --no-referrers to leave it behind' },
    );
  }
  return { blobs: [...plan.blobs.values()], manifests: [...plan.manifests.values()], referrers };
}

class Plan {
  readonly blobs = new Map<Digest, Descriptor>();
  readonly manifests = new Map<Digest, Descriptor>();
  readonly #from: ArtifactStore;

  constructor(from: ArtifactStore) {
    this.#from = from;
  }

  async add(target: Descriptor, depth: number): Promise<void> {
    if (!isManifestType(target.mediaType)) {
      this.blobs.set(target.digest, target);
      return;
    }
    if (this.manifests.has(target.digest)) return;
    if (depth > MAX_INDEX_DEPTH)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot copy ${target.digest}: indexes nest deeper than ${MAX_INDEX_DEPTH}`,
      );
    const bytes = await readContent(this.#from, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
    for (const child of childrenOf(parseManifest(bytes, target.mediaType))) await this.add(child, depth + 1);
    this.manifests.set(target.digest, target);
  }
}

async function collectReferrers(
  from: ArtifactStore,
  subject: Descriptor,
  depth: number,
  found: Descriptor[],
): Promise<void> {
  for (const referrer of await from.referrers(subject)) {
    if (found.some(({ digest }) => digest === referrer.digest)) continue;
    if (depth > MAX_REFERRER_DEPTH)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot copy ${subject.digest}: referrers nest deeper than ${MAX_REFERRER_DEPTH}`,
      );
    if (found.length >= MAX_REFERRERS)
      throw new WaybillError(
        'LIMIT_EXCEEDED',
        `Cannot copy ${subject.digest}: it has more than ${MAX_REFERRERS} referrers`,
      );
    found.push(referrer);
    await collectReferrers(from, referrer, depth + 1, found);
  }
}
