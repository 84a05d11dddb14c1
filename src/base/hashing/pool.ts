/**
 * Runs assemblies on all cores, largest first (the longest last job decides when all are done): in
 * this thread, which has started already, and for more than a little work in others beside it.
 */
import { type Progress, silent } from '../progress.ts';
import type { Assembled, Assembly } from './assembly.ts';
import { Queue, runHere, runInThread } from './lanes.ts';
import { HashingThreads } from './threads.ts';

export interface Job {
  readonly assembly: Assembly;
  /** Expected bytes to read, for the order of work and the progress. */
  readonly size: number;
}

const PROGRESS_MILLISECONDS = 100;

export interface AssembleOptions {
  /** What is being done, for the progress. */
  readonly label: string;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Started before the jobs were known; they end with them. Its own if absent. */
  readonly threads?: HashingThreads | undefined;
}

/**
 * Assembles all jobs.
 * @returns the results in the order of the jobs
 * @throws what the first failing assembly throws; the others are stopped and may leave their `to` behind
 */
export async function assembleAll(jobs: readonly Job[], options: AssembleOptions): Promise<readonly Assembled[]> {
  options.signal?.throwIfAborted();
  // Whoever removes what was not finished must not meet a thread that still writes it.
  await using threads = options.threads ?? new HashingThreads(jobs.map(({ size }) => size));
  return await assembleIn(threads, jobs, options);
}

async function assembleIn(
  { threads, counter }: HashingThreads,
  jobs: readonly Job[],
  { label, progress = silent, signal }: AssembleOptions,
): Promise<readonly Assembled[]> {
  progress.begin(
    label,
    jobs.reduce((sum, { size }) => sum + size, 0),
  );
  const ticker = setInterval(() => report(counter, progress), PROGRESS_MILLISECONDS);
  const stop = new AbortController();
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    const queue = new Queue(jobs);
    const running = [...threads.map((thread) => runInThread(thread, queue)), runHere(queue, progress, stopped)];
    await Promise.race([Promise.all(running), rejectWhenAborted(stopped)]);
    return queue.results();
  } finally {
    stop.abort();
    clearInterval(ticker);
    report(counter, progress);
    progress.end();
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function report(counter: BigInt64Array<SharedArrayBuffer>, progress: Progress): void {
  const bytes = Number(Atomics.exchange(counter, 0, 0n));
  if (bytes > 0) progress.advance(bytes);
}
