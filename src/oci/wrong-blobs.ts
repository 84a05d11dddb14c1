/** Reads blobs again, on all cores, and says which are not what their names say. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { assembleAll } from '../base/hashing/pool.ts';
import type { Progress } from '../base/progress.ts';
import { type Digest, encodedOf } from './digest.ts';

export interface Watch {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface BlobFile {
  readonly digest: Digest;
  readonly file: string;
  /** Bytes, as the file system says. */
  readonly size: number;
}

/**
 * @returns for each that is wrong, by its digest, the digest that its bytes have
 * @throws WaybillError FILE_UNREADABLE, FILE_CHANGED for the first that cannot be read
 */
export async function wrongBlobs(blobs: readonly BlobFile[], watch: Watch): Promise<ReadonlyMap<Digest, string>> {
  const wrong = new Map<Digest, string>();
  const short = blobs.filter(({ digest }) => digest.startsWith('sha256:'));
  const jobs = short.map(({ digest, file, size }) => ({ size, assembly: { parts: [{ file, name: digest }] } }));
  const results = await assembleAll(jobs, { label: 'Verifying', ...watch });
  for (const [index, { sha256 }] of results.entries()) {
    const blob = short[index];
    if (blob !== undefined && encodedOf(blob.digest) !== sha256) wrong.set(blob.digest, `sha256:${sha256}`);
  }
  // sha512 content comes from other tools and is rare: read in this thread.
  for (const { digest, file } of blobs.filter(({ digest }) => digest.startsWith('sha512:'))) {
    watch.signal?.throwIfAborted();
    const hash = createHash('sha512');
    for await (const chunk of fs.createReadStream(file)) hash.update(chunk);
    const found = hash.digest('hex');
    if (found !== encodedOf(digest)) wrong.set(digest, `sha512:${found}`);
  }
  return wrong;
}
