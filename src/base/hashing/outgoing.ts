/**
 * A blob of parts on its way to somewhere else: its bytes can be had from any place and more than
 * once, because lines break; what passes for the first time is hashed, so that the digest is known
 * when all of it has passed. Each byte is read once, unless it has to be sent again.
 */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { FileIdentity } from '../file-identity.ts';
import { paddingOf } from '../tar/header.ts';
import { entryHeader } from '../tar/write.ts';
import { piecesOf, type Summed, Sums } from './pieces.ts';
import type { FilePart } from './read-part.ts';

export type KnownPart = { readonly bytes: Uint8Array } | (FilePart & { readonly identity: FileIdentity });

/** Measured against a registry on the same machine: 128 KiB and 512 KiB both cost more system time. */
const PIECE_SIZE = 256 * 1024;
/** So long signals, progress and other blobs wait at most. */
const SLICE_MILLISECONDS = 10;

export class OutgoingBlob {
  /** Bytes. */
  readonly size: number;
  readonly #parts: readonly KnownPart[];
  readonly #signal: AbortSignal | undefined;
  readonly #sums: Sums;
  /** What passes for the first time, how far it has come, and what of its last piece has not passed yet. */
  #fresh: Generator<Uint8Array, void> | undefined;
  #passed = 0;
  #rest: Uint8Array = new Uint8Array();
  #reader: object = {};
  #failure: { readonly error: unknown } | undefined;
  #result: Summed | undefined;
  #until = 0;

  constructor(parts: readonly KnownPart[], signal?: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#sums = new Sums(parts);
    this.size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  }

  /** Tells this blob, with its files in this state, from any other; the same in every process. */
  get state(): string {
    const hash = createHash('sha256');
    for (const part of this.#parts) {
      if ('bytes' in part) hash.update(`bytes ${part.bytes.length}\0`).update(part.bytes);
      else {
        const { entry, identity: is } = part;
        hash.update(`file ${is.device} ${is.inode} ${is.size} ${is.mtimeNs} ${is.ctimeNs}\0`);
        if (entry !== undefined) hash.update(`${entry.mode} ${entry.path}\0`);
      }
    }
    return hash.digest('hex');
  }

  /**
   * Bytes from `start` to `end` (exclusive), hashed if they have not been. A chunk lasts until the
   * one after the next is asked for. What lies before `start` and has not passed is read first.
   * Whoever asks again ends the readers before him.
   * @throws WaybillError FILE_CHANGED when a file is not, or does not stay, what it was; FILE_UNREADABLE
   */
  async *range({ start, end }: Range): AsyncGenerator<Uint8Array, void> {
    const reader = {};
    this.#reader = reader;
    yield* this.rangeAgain({ start, end: Math.min(end, this.#passed) });
    while (this.#passed < end) {
      if (reader !== this.#reader) throw new TypeError('a blob is read by somebody else');
      const isBefore = this.#passed < start;
      const piece = this.#pass((isBefore ? Math.min(start, end) : end) - this.#passed);
      if (!isBefore) yield piece;
      if (performance.now() >= this.#until) await this.#breathe();
    }
  }

  /** The same without hashing anything: of a blob that has passed, or whose digest is known. */
  async *rangeAgain({ start, end }: Range): AsyncGenerator<Uint8Array, void> {
    if (start >= end) return;
    for (const piece of piecesOf(this.#parts, { buffers: twoBuffers(end - start), start, end })) {
      yield piece;
      if (performance.now() >= this.#until) await this.#breathe();
    }
  }

  /**
   * Reads what has not passed yet.
   * @throws WaybillError FILE_CHANGED, FILE_UNREADABLE
   */
  async finish(): Promise<Summed> {
    for await (const _ of this.range({ start: this.size, end: this.size }));
    // Only now the last file is looked at once more.
    if (this.#result === undefined && this.#next() !== undefined)
      throw new TypeError('a blob has more bytes than its parts');
    this.#result ??= this.#sums.finish();
    return this.#result;
  }

  #pass(limit: number): Uint8Array {
    if (this.#rest.length === 0) {
      const next = this.#next();
      if (next === undefined) throw new TypeError('a blob has fewer bytes than its parts');
      this.#rest = next;
    }
    const piece = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(piece.length);
    this.#passed += piece.length;
    return piece;
  }

  /** What failed once fails again: a generator would seem to be at its end. */
  #next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#fresh ??= piecesOf(this.#parts, { buffers: twoBuffers(this.size), sums: this.#sums });
    try {
      return this.#fresh.next().value ?? undefined;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** Nothing here waits by itself: without a turn of the event loop no Ctrl-C would ever be heard. */
  async #breathe(): Promise<void> {
    await turn();
    this.#until = performance.now() + SLICE_MILLISECONDS;
    this.#signal?.throwIfAborted();
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function sizeOf(part: KnownPart): number {
  if ('bytes' in part) return part.bytes.length;
  const { entry, identity } = part;
  if (entry === undefined) return identity.size;
  return entryHeader({ ...entry, size: identity.size }).length + identity.size + paddingOf(identity.size);
}

/** While one is being sent, the other is filled. */
function twoBuffers(size: number): [Buffer, Buffer] {
  const length = Math.max(1, Math.min(PIECE_SIZE, size));
  return [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)];
}
