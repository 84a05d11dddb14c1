/** The thread of a pool: takes one assembly after the other and answers with its result. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetails, WaybillError } from '../errors.ts';
import { type Assembled, type Assembly, assemble } from './assembly.ts';

/** What a thread is started with: a shared counter of the bytes that all threads have read. */
export interface WorkerStart {
  readonly counter: BigInt64Array<SharedArrayBuffer>;
}

export interface WorkerRequest {
  readonly index: number;
  readonly assembly: Assembly;
}

export type WorkerReply =
  | { readonly index: number; readonly result: Assembled }
  | {
      readonly index: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails };
    }
  | { readonly index: number; readonly bug: unknown };

if (parentPort !== null) {
  const port = parentPort;
  const { counter } = workerData as WorkerStart;
  const advance = (bytes: number) => void Atomics.add(counter, 0, BigInt(bytes));
  port.on('message', ({ index, assembly }: WorkerRequest) => {
    port.postMessage(reply(index, assembly, advance));
  });
}

function reply(index: number, assembly: Assembly, advance: (bytes: number) => void): WorkerReply {
  try {
    return { index, result: assemble(assembly, advance) };
  } catch (error) {
    if (!(error instanceof WaybillError)) return { index, bug: error };
    // Only plain values cross threads whole; the class is put back by the pool.
    const { code, message, hint, expected, found } = error;
    const details = {
      ...(hint === undefined ? {} : { hint }),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
    };
    return { index, failure: { code, message, details } };
  }
}
