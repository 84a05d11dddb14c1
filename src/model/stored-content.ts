/**
 * Which content of a store on this disk need not be read again, because it was hashed and has not
 * been touched since: what the digest cache keeps of a store's own files. A change that is made
 * within one tick of the file system's clock shows in no time of the file, so a state is remembered
 * once the clock has moved on, and nothing is where the clock is coarse.
 */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileIdentity, identityOf, sameIdentity } from '../base/file-identity.ts';
import { type DigestCache, noCache } from './digest-cache.ts';

/** Content that has just been hashed, and the state in which that was. */
export interface HashedContent {
  readonly file: string;
  readonly identity: FileIdentity;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Less is read again in a millisecond. */
const WORTH_REMEMBERING = 1024 * 1024;

/** File systems that keep nanoseconds take them from a clock that ticks every 1 to 10 ms. */
const REST_MILLISECONDS = 20;

/** Times in whole hundredths of a second come from a file system that knows no finer ones. */
const COARSE_NANOSECONDS = 10_000_000n;

/** The state of a file in a store as it is now; undefined when there is none, or it is no regular file. */
export function stateOf(file: string): FileIdentity | undefined {
  const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? identityOf(stats) : undefined;
}

/**
 * Remembers what is still in the state in which it was hashed, after the shortest wait that makes that mean something.
 * @param since when the last of those states was looked at, by `performance.now()`; just now if absent
 */
export async function rememberContent(
  cache: DigestCache,
  hashed: readonly HashedContent[],
  since: number = performance.now(),
): Promise<void> {
  if (cache === noCache) return;
  const worth = hashed.filter(
    ({ identity }) => identity.size >= WORTH_REMEMBERING && identity.ctimeNs % COARSE_NANOSECONDS !== 0n,
  );
  if (worth.length === 0) return;
  // Rounded up: a timer may be a millisecond early.
  await sleep(Math.max(0, Math.ceil(since + REST_MILLISECONDS - performance.now()) + 1));
  for (const { file, identity, sha256 } of worth) {
    const now = stateOf(file);
    if (now !== undefined && sameIdentity(now, identity)) cache.rememberContent(identity, sha256);
  }
}
