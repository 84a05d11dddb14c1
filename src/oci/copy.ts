/**
 * Everything that moves is a copy: from one store to another, content before what names it, each
 * blob once, manifests byte for byte, referrers with their subject.
 */
import { WaybillError } from '../base/errors.ts';
import { assembleAll } from '../base/hashing/pool.ts';
import { type Progress, silent } from '../base/progress.ts';
import type { Descriptor } from './descriptor.ts';
import { type Digest, sha256Digest } from './digest.ts';
import { childrenOf, isManifestType, MAX_MANIFEST_SIZE, parseManifest } from './manifest.ts';
import { type ArtifactStore, type Bringing, isBringing } from './store.ts';
import { checkContent, push, readContent } from './verified.ts';

export interface CopyOptions {
  /** The name that the artifact gets at its destination; none if absent. */
  readonly name?: string;
  /** Whether what is attached to the artifact comes along. */
  readonly referrers?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface CopyResult {
  readonly digest: Digest;
  /** Blobs and manifests that were copied, and those that were there already. */
  readonly blobs: number;
  readonly blobsSkipped: number;
  /** Bytes of the copied ones. */
  readonly bytes: number;
}

/** Caps of a recursive copy; beyond them the answer would be silently incomplete. */
const MAX_REFERRERS = 1_000;
const MAX_REFERRER_DEPTH = 3;
const MAX_DEPTH = 8;

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
  const plan = new Plan(from);
  await plan.add(target, 0);
  const referrers: Descriptor[] = [];
  if (options.referrers ?? true) await collectReferrers(from, target, 1, referrers);
  for (const referrer of referrers) await plan.add(referrer, 0);

  const blobs = await missingIn(to, plan.blobs.values());
  const manifests = await missingIn(to, plan.manifests.values());
  const { progress = silent, signal } = options;
  if (isBringing(to)) await bringFiles(from, to, blobs, { progress, signal });
  await streamBlobs(from, to, await missingIn(to, blobs), { progress, signal });
  for (const manifest of manifests) await push(to, manifest, (await from.open(manifest)).verified());
  if (isBringing(to)) await to.settle();
  for (const referrer of referrers) await to.attach(referrer);
  if (options.name !== undefined) await to.tag(options.name, withoutAnnotations(target));
  const copied = [...blobs, ...manifests];
  return {
    digest: target.digest,
    blobs: copied.length,
    blobsSkipped: plan.blobs.size + plan.manifests.size - copied.length,
    bytes: copied.reduce((sum, { size }) => sum + size, 0),
  };
}

/** All content of an artifact, blobs and manifests apart, manifests in the order to write them. */
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
    if (depth > MAX_DEPTH)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot copy ${target.digest}: indexes nest deeper than ${MAX_DEPTH}`);
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

async function missingIn(store: ArtifactStore, targets: Iterable<Descriptor>): Promise<Descriptor[]> {
  const missing: Descriptor[] = [];
  for (const target of targets) {
    if ((await store.stat(target))?.size !== target.size) missing.push(target);
  }
  return missing;
}

/** Between two folders: cloned where the file system can, else hashed and written on all cores. */
async function bringFiles(
  from: ArtifactStore,
  to: Bringing,
  blobs: readonly Descriptor[],
  { progress, signal }: Watch,
): Promise<void> {
  const moves: { blob: Descriptor; reserved: string; file: string }[] = [];
  for (const blob of blobs) {
    const { file } = await from.open(blob);
    if (file !== undefined && blob.digest.startsWith('sha256:')) moves.push({ blob, file, reserved: to.reserve() });
  }
  const jobs = moves.map(({ blob, file, reserved }) => ({
    size: blob.size,
    assembly: { parts: [{ file, name: blob.digest }], to: reserved, bring: 'clone', durable: true } as const,
  }));
  const results = await assembleAll(jobs, { label: 'Copying', progress, signal });
  for (const [index, { sha256, size }] of results.entries()) {
    const move = moves[index];
    if (move === undefined) continue;
    checkContent(move.blob, { digest: sha256Digest(sha256), size });
    await to.adopt(move.reserved, move.blob.digest);
  }
}

/** What could not be brought as files, one blob after the other. */
async function streamBlobs(
  from: ArtifactStore,
  to: ArtifactStore,
  blobs: readonly Descriptor[],
  { progress, signal }: Watch,
): Promise<void> {
  if (blobs.length === 0) return;
  progress.begin(
    'Copying',
    blobs.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    for (const blob of blobs) await push(to, blob, watched((await from.open(blob)).verified(), { progress, signal }));
  } finally {
    progress.end();
  }
}

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

async function* watched(chunks: AsyncIterable<Uint8Array>, { progress, signal }: Watch): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
    progress.advance(chunk.length);
  }
}

function withoutAnnotations({ mediaType, digest, size, artifactType }: Descriptor): Descriptor {
  return { mediaType, digest, size, ...(artifactType === undefined ? {} : { artifactType }) };
}
