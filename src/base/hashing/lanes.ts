/** What works through a queue of assemblies: another thread, or this one in slices. */
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WaybillError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { type Assembled, type Assembly, stepsOf } from './assembly.ts';
import type { Job } from './pool.ts';
import type { Thread } from './threads.ts';
import type { WorkerReply, WorkerRequest } from './worker.ts';

/** So long signals, progress and the other threads wait at most, writes to a slow disk apart. */
const SLICE_MILLISECONDS = 10;

const synchronise = promisify(fs.fsync);

/** Jobs that wait, largest first, and the results of those that are done, in their order. */
export class Queue {
  readonly #waiting: { readonly index: number; readonly assembly: Assembly; readonly size: number }[];
  readonly #results: Assembled[];

  constructor(jobs: readonly Job[]) {
    this.#results = new Array<Assembled>(jobs.length);
    this.#waiting = jobs
      .map(({ assembly, size }, index) => ({ index, assembly, size }))
      // From the end they are taken.
      .sort((a, b) => a.size - b.size || b.index - a.index);
  }

  take(): WorkerRequest | undefined {
    const next = this.#waiting.pop();
    return next && { index: next.index, assembly: next.assembly };
  }

  finish(index: number, result: Assembled): void {
    this.#results[index] = result;
  }

  results(): readonly Assembled[] {
    return this.#results;
  }
}

/** Feeds a thread until nothing waits. A thread that is still starting holds no job back. */
export function runInThread({ worker, online }: Thread, queue: Queue): Promise<void> {
  return new Promise((resolve, reject) => {
    const feed = () => {
      const next = queue.take();
      if (next === undefined) resolve();
      else worker.postMessage(next);
    };
    online.then(feed, reject);
    worker.on('error', reject);
    worker.on('message', (answer: WorkerReply) => {
      if ('bug' in answer) return reject(answer.bug);
      if ('failure' in answer) {
        const { code, message, details } = answer.failure;
        return reject(new WaybillError(code, message, details));
      }
      queue.finish(answer.index, answer.result);
      feed();
    });
  });
}

/** Works in this thread until nothing waits, and lets it do other things every few milliseconds. */
export async function runHere(queue: Queue, progress: Progress, signal: AbortSignal): Promise<void> {
  let until = performance.now() + SLICE_MILLISECONDS;
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    using steps = stepsOf(next.assembly);
    for (;;) {
      if (performance.now() >= until) {
        await setImmediate();
        until = performance.now() + SLICE_MILLISECONDS;
      }
      signal.throwIfAborted();
      const { done, value } = steps.next();
      if (done) {
        queue.finish(next.index, value);
        break;
      }
      if ('sync' in value) await synchronise(value.sync);
      else progress.advance(value.read);
    }
  }
}
