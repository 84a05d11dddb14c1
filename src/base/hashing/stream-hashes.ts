/**
 * Hashes what arrives in other threads than the one that receives it, which has enough to do: with a
 * registry on the same machine that takes a third of the time away. Pieces lie in shared memory, so
 * that none is copied.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StreamReply, StreamRequest } from './stream-worker.ts';

/** Smaller streams are hashed in the time that a thread takes to start (20 to 40 ms). */
export const LEAST_STREAM: number = 24 * 1024 * 1024;
/** A message costs as much as hashing some 30 KiB. */
const BATCH_SIZE = 256 * 1024;
/** More on its way to the hash no longer lies in the cache of the processor. */
const MAX_WAITING = 512 * 1024;
/** Beside the thread that receives, which is busy for as long as two of them. */
const MAX_THREADS = 4;

export class StreamHashes implements AsyncDisposable {
  readonly #threads: HashThread[] = [];

  /** @param done is given each piece when it has been hashed */
  open(done: (piece: Uint8Array) => void): StreamHash {
    const most = Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1));
    const idle = this.#threads.toSorted((a, b) => a.streams - b.streams)[0];
    if (idle !== undefined && (idle.streams === 0 || this.#threads.length >= most)) return new StreamHash(idle, done);
    const thread = new HashThread();
    this.#threads.push(thread);
    return new StreamHash(thread, done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

interface Listener {
  heard(reply: StreamReply): void;
  failed(error: Error): void;
}

class HashThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, Listener>();
  #failure: Error | undefined;
  #count = 0;

  constructor() {
    // The sources run as they are in development and compiled in the package.
    const script = import.meta.url.endsWith('.ts') ? './stream-worker.ts' : './stream-worker.js';
    this.#worker = new Worker(new URL(script, import.meta.url));
    this.#worker.on('message', (reply: StreamReply) => this.#listeners.get(reply.stream)?.heard(reply));
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
      for (const listener of this.#listeners.values()) listener.failed(error);
    });
  }

  get streams(): number {
    return this.#listeners.size;
  }

  /** @returns the number of a new stream */
  listen(listener: Listener): number {
    this.#count += 1;
    this.#listeners.set(this.#count, listener);
    if (this.#failure !== undefined) listener.failed(this.#failure);
    return this.#count;
  }

  leave(stream: number): void {
    this.#listeners.delete(stream);
  }

  tell(request: StreamRequest): void {
    this.#worker.postMessage(request);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

export class StreamHash {
  readonly #thread: HashThread;
  readonly #stream: number;
  readonly #done: (piece: Uint8Array) => void;
  #batch: Uint8Array[] = [];
  #batchSize = 0;
  readonly #sent: (readonly Uint8Array[])[] = [];
  #waiting = 0;
  #sha256: string | undefined;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(thread: HashThread, done: (piece: Uint8Array) => void) {
    this.#thread = thread;
    this.#done = done;
    this.#stream = thread.listen({
      heard: (reply) => this.#hear(reply),
      failed: (error) => {
        this.#failure = error;
        this.#wake?.();
      },
    });
  }

  /** Takes a piece over, which must not change until it is given to `done`; waits while too many wait. */
  async update(piece: Uint8Array): Promise<void> {
    this.#batch.push(piece);
    this.#batchSize += piece.length;
    if (this.#batchSize < BATCH_SIZE) return;
    this.#pass();
    while (this.#waiting > MAX_WAITING) await this.#news();
  }

  /** @returns the SHA-256 of all pieces, hexadecimal */
  async digest(): Promise<string> {
    if (this.#batchSize > 0) this.#pass();
    this.#thread.tell({ stream: this.#stream, end: true });
    while (this.#sha256 === undefined) await this.#news();
    this.#thread.leave(this.#stream);
    return this.#sha256;
  }

  /** Nobody wants the digest any more. */
  abandon(): void {
    this.#thread.leave(this.#stream);
  }

  #pass(): void {
    this.#thread.tell({ stream: this.#stream, pieces: this.#batch });
    this.#sent.push(this.#batch);
    this.#waiting += this.#batchSize;
    this.#batch = [];
    this.#batchSize = 0;
  }

  #hear({ sha256 }: StreamReply): void {
    if (sha256 !== undefined) this.#sha256 = sha256;
    else
      for (const piece of this.#sent.shift() ?? []) {
        this.#waiting -= piece.length;
        this.#done(piece);
      }
    this.#wake?.();
  }

  async #news(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#failure !== undefined) throw this.#failure;
  }
}
