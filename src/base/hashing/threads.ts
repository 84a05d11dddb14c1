/** Threads that assemble, beside the one that starts them: begun early, they are there when the work is. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WorkerStart } from './worker.ts';

/** One core hashes this much in about the time that a thread takes to start (20 to 40 ms). */
const ONE_LANE_BYTES = 24 * 1024 * 1024;
/** What a thread drops is small and dies at once; left to itself V8 takes 96 MiB for it in a large assembly. */
const YOUNG_MEBIBYTES = 8;

export interface Thread {
  readonly worker: Worker;
  /** Settles when it takes work, or cannot start. */
  readonly online: Promise<void>;
}

export class HashingThreads implements AsyncDisposable {
  readonly threads: readonly Thread[];
  /** Bytes that the threads have read since somebody last took them from it. */
  readonly counter: BigInt64Array<SharedArrayBuffer> = new BigInt64Array(new SharedArrayBuffer(8));

  /** @param sizes expected bytes of each job: little work, or one job alone, needs no other thread */
  constructor(sizes: readonly number[]) {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const lanes = total < ONE_LANE_BYTES ? 1 : Math.min(sizes.length, availableParallelism());
    this.threads = Array.from({ length: Math.max(0, lanes - 1) }, () => startThread(this.counter));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}

function startThread(counter: BigInt64Array<SharedArrayBuffer>): Thread {
  // The sources run as they are in development and compiled in the package.
  const script = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(script, import.meta.url), {
    workerData: { counter } satisfies WorkerStart,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });
  const { promise: online, resolve, reject } = Promise.withResolvers<void>();
  worker.once('online', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('a thread ended before it took any work')));
  // Whoever gives it work hears of it.
  online.catch(() => {});
  return { worker, online };
}
