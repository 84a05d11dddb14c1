/**
 * Runs assemblies on all cores, largest first (the longest last job decides when all are done): in
 * this thread, which has started already, and for more than a little work in others beside it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Progress, silent } from '../progress.ts';
import type { Assembled, Assembly } from './assembly.ts';
import { Queue, runHere, runInThread } from './lanes.ts';
import type { WorkerStart } from './worker.ts';

export interface Job {
  readonly assembly: Assembly;
  /** Expected bytes to read, for the order of work and the progress. */
  readonly size: number;
}

/** One core hashes this much in about the time that a thread takes to start (20 to 40 ms). */
const ONE_LANE_BYTES = 24 * 1024 * 1024;
const PROGRESS_MILLISECONDS = 100;
/** What a thread drops is small and dies at once; left to itself V8 takes 96 MiB for it in a large assembly. */
const YOUNG_MEBIBYTES = 8;

/**
 * Assembles all jobs.
 * @returns the results in the order of the jobs
 * @throws what the first failing assembly throws; the others are stopped and may leave their `to` behind
 */
export async function assembleAll(
  jobs: readonly Job[],
  { label, progress = silent, signal }: { label: string; progress?: Progress; signal?: AbortSignal | undefined },
): Promise<readonly Assembled[]> {
  signal?.throwIfAborted();
  const total = jobs.reduce((sum, { size }) => sum + size, 0);
  const lanes = total < ONE_LANE_BYTES ? 1 : Math.min(jobs.length, availableParallelism());
  progress.begin(label, total);
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  const ticker = setInterval(() => report(counter, progress), PROGRESS_MILLISECONDS);
  const workers: Worker[] = [];
  const stop = new AbortController();
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    const queue = new Queue(jobs);
    for (let lane = 1; lane < lanes; lane++) workers.push(startWorker(counter));
    const running = [...workers.map((worker) => runInThread(worker, queue)), runHere(queue, progress, stopped)];
    await Promise.race([Promise.all(running), rejectWhenAborted(stopped)]);
    return queue.results();
  } finally {
    stop.abort();
    clearInterval(ticker);
    report(counter, progress);
    progress.end();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function startWorker(counter: BigInt64Array<SharedArrayBuffer>): Worker {
  // The sources run as they are in development and compiled in the package.
  const script = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  return new Worker(new URL(script, import.meta.url), {
    workerData: { counter } satisfies WorkerStart,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });
}

function report(counter: BigInt64Array<SharedArrayBuffer>, progress: Progress): void {
  const bytes = Number(Atomics.exchange(counter, 0, 0n));
  if (bytes > 0) progress.advance(bytes);
}
