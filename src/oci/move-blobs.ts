/** Moves blobs by the fastest way that both stores know; every byte is verified on each of them. */
import fs from 'node:fs';
import { assembleAll } from '../base/hashing/pool.ts';
import { StreamHashes } from '../base/hashing/stream-hashes.ts';
import { inParallel } from '../base/parallel.ts';
import type { Progress } from '../base/progress.ts';
import type { Descriptor } from './descriptor.ts';
import { sha256Digest } from './digest.ts';
import { annotationKeys } from './media-types.ts';
import { type ArtifactStore, type Bringing, isBringing, isReceiving, isSending, type Transferred } from './store.ts';
import { checkContent, push } from './verified.ts';

export interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  /** What is being done, for the progress: `Pulling`. */
  readonly label: string;
}

/** Far stores answer after milliseconds: several at once hide that. */
export const FAR_BLOBS_AT_ONCE = 8;

/** @throws WaybillError DIGEST_INVALID, SIZE_INVALID, BLOB_UNKNOWN; what was moved before stays */
export async function moveBlobs(
  from: ArtifactStore,
  to: ArtifactStore,
  blobs: readonly Descriptor[],
  watch: Watch,
): Promise<Transferred> {
  const brought = isBringing(to) ? await bringFiles(from, to, blobs, watch) : new Set<Descriptor>();
  const rest = blobs.filter((blob) => !brought.has(blob));
  const sum = (list: Iterable<Descriptor>) => [...list].reduce((total, { size }) => total + size, 0);
  if (rest.length === 0) return { bytes: sum(brought), resumedAt: 0 };
  const { progress } = watch;
  if (isReceiving(to)) await to.checkRoom(rest);
  progress.begin(watch.label, sum(rest));
  try {
    const isFar = isSending(to) || isReceiving(to);
    await using hashes = new StreamHashes();
    const moved = await inParallel(rest, isFar ? FAR_BLOBS_AT_ONCE : 1, (blob) =>
      watched(blob, watch, () => moveBlob(from, to, blob, { ...watch, hashes })),
    );
    return {
      bytes: sum(brought) + moved.reduce((total, { bytes }) => total + bytes, 0),
      resumedAt: moved.reduce((total, { resumedAt }) => total + resumedAt, 0),
    };
  } finally {
    progress.end();
  }
}

/** Says which blob is under way, by the name of the file that it becomes. */
async function watched<Result>(blob: Descriptor, { progress }: Watch, move: () => Promise<Result>): Promise<Result> {
  const name = blob.annotations?.[annotationKeys.title];
  if (name === undefined) return move();
  progress.enter(name);
  try {
    return await move();
  } finally {
    progress.leave(name);
  }
}

async function moveBlob(
  from: ArtifactStore,
  to: ArtifactStore,
  blob: Descriptor,
  { progress, signal, hashes }: Watch & { readonly hashes: StreamHashes },
): Promise<Transferred> {
  signal?.throwIfAborted();
  const content = await from.open(blob);
  const options = { signal, hashes, advance: progress.advance.bind(progress) };
  if (isSending(to)) return to.send(blob, content, options);
  if (isReceiving(to)) return to.receive(blob, content, options);
  await push(to, blob, counted(content.verified(), { progress, signal }));
  return { bytes: blob.size, resumedAt: 0 };
}

/** Between two folders: cloned where the file system can, else hashed and written on all cores. */
async function bringFiles(
  from: ArtifactStore,
  to: Bringing,
  blobs: readonly Descriptor[],
  { progress, signal, label }: Watch,
): Promise<Set<Descriptor>> {
  const moves: { blob: Descriptor; reserved: string; file: string }[] = [];
  for (const blob of blobs) {
    const { file } = await from.open(blob);
    if (file !== undefined && blob.digest.startsWith('sha256:')) moves.push({ blob, file, reserved: to.reserve() });
  }
  const jobs = moves.map(({ blob, file, reserved }) => ({
    size: blob.size,
    assembly: { parts: [{ file, name: blob.digest }], to: reserved, bring: 'clone', durable: true } as const,
  }));
  try {
    const results = await assembleAll(jobs, { label, progress, signal });
    for (const [index, { sha256, size }] of results.entries()) {
      const move = moves[index];
      if (move === undefined) continue;
      checkContent(move.blob, { digest: sha256Digest(sha256), size });
      await to.adopt(move.reserved, move.blob.digest);
    }
  } finally {
    // Of a failed copy nothing unfinished may fill the disk until somebody prunes.
    for (const { reserved } of moves) fs.rmSync(reserved, { force: true });
  }
  return new Set(moves.map(({ blob }) => blob));
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  { progress, signal }: Pick<Watch, 'progress' | 'signal'>,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
    progress.advance(chunk.length);
  }
}
