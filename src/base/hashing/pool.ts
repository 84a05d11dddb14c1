/**
 * Runs assemblies on all cores, largest first (the longest last job decides when all are done).
 * Little work is done at once in this thread: starting threads would cost more than it saves.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { WaybillError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { type Assembled, type Assembly, assemble } from './assembly.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker.ts';

export interface Job {
  readonly assembly: Assembly;
  /** Expected bytes to read, for the order of work and the progress. */
  readonly size: number;
}

/** One core hashes this much in about the time that a thread takes to start (20 ms). */
const INLINE_BYTES = 24 * 1024 * 1024;
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
  progress.begin(label, total);
  try {
    const threads = Math.min(jobs.length, availableParallelism());
    if (total < INLINE_BYTES || threads < 1) {
      return jobs.map(({ assembly }) => assemble(assembly, (bytes) => progress.advance(bytes)));
    }
    return await runInThreads(jobs, threads, progress, signal);
  } finally {
    progress.end();
  }
}

async function runInThreads(
  jobs: readonly Job[],
  threads: number,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<readonly Assembled[]> {
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  const ticker = setInterval(() => report(counter, progress), PROGRESS_MILLISECONDS);
  const workers: Worker[] = [];
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      const results = new Array<Assembled>(jobs.length);
      const queue = jobs
        .map(({ assembly, size }, index) => ({ index, assembly, size }))
        .sort((a, b) => b.size - a.size);
      let pending = jobs.length;
      const feed = (worker: Worker) => {
        const next = queue.shift();
        if (next === undefined) return;
        worker.postMessage({ index: next.index, assembly: next.assembly } satisfies WorkerRequest);
      };
      for (let started = 0; started < threads; started++) {
        const worker = startWorker(counter);
        workers.push(worker);
        worker.on('error', reject);
        worker.on('message', (answer: WorkerReply) => {
          if ('bug' in answer) return reject(answer.bug);
          if ('failure' in answer) {
            const { code, message, details } = answer.failure;
            return reject(new WaybillError(code, message, details));
          }
          results[answer.index] = answer.result;
          pending -= 1;
          if (pending === 0) return resolve(results);
          feed(worker);
        });
        feed(worker);
      }
    });
  } finally {
    clearInterval(ticker);
    report(counter, progress);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
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
