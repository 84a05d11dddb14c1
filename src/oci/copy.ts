/**
 * Everything that moves is a copy: from one store to another, content before what names it, each
 * blob once, manifests byte for byte, referrers with their subject.
 */
import { inParallel } from '../base/parallel.ts';
import { type Progress, silent } from '../base/progress.ts';
import { planCopy } from './copy-plan.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { moveBlobs } from './move-blobs.ts';
import { type ArtifactStore, isBringing } from './store.ts';
import { push } from './verified.ts';

export interface CopyOptions {
  /** The name that the artifact gets at its destination; none if absent. */
  readonly name?: string;
  /** Whether what is attached to the artifact comes along. */
  readonly referrers?: boolean;
  /** What the progress calls it: `Pulling`; `Copying` if absent. */
  readonly label?: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface CopyResult {
  readonly digest: Digest;
  /** Blobs and manifests that were copied, and those that were there already. */
  readonly blobs: number;
  readonly blobsSkipped: number;
  /** Bytes that were moved. */
  readonly bytes: number;
  /** Whether an interrupted transfer was gone on with. */
  readonly resumed: boolean;
}

/** Asking a registry what it has takes a round trip each. */
const QUESTIONS_AT_ONCE = 16;

/**
 * Copies an artifact and all that it names.
 * @throws WaybillError BLOB_UNKNOWN, DIGEST_INVALID, SIZE_INVALID; what was copied before stays, unnamed
 */
export async function copy(
  from: ArtifactStore,
  to: ArtifactStore,
  target: Descriptor,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const { progress = silent, signal, referrers = true, label = 'Copying' } = options;
  const plan = await planCopy(from, target, referrers);
  const blobs = await missingIn(to, plan.blobs);
  const manifests = await missingIn(to, plan.manifests);
  const moved = await moveBlobs(from, to, blobs, { progress, signal, label });
  for (const manifest of manifests) await push(to, manifest, (await from.open(manifest)).verified());
  if (isBringing(to)) await to.settle();
  for (const referrer of plan.referrers) await to.attach(referrer);
  if (options.name !== undefined) await to.tag(options.name, withoutAnnotations(target));
  return {
    digest: target.digest,
    blobs: blobs.length + manifests.length,
    blobsSkipped: plan.blobs.length + plan.manifests.length - blobs.length - manifests.length,
    bytes: moved.bytes + manifests.reduce((sum, { size }) => sum + size, 0),
    resumed: moved.resumedAt > 0,
  };
}

async function missingIn(store: ArtifactStore, targets: readonly Descriptor[]): Promise<Descriptor[]> {
  const found = await inParallel(targets, QUESTIONS_AT_ONCE, (target) => store.stat(target));
  return targets.filter((target, index) => found[index]?.size !== target.size);
}

function withoutAnnotations({ mediaType, digest, size, artifactType }: Descriptor): Descriptor {
  return { mediaType, digest, size, ...(artifactType === undefined ? {} : { artifactType }) };
}
