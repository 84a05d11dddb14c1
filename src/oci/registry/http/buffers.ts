/**
 * Buffers for what arrives. They are handed on in pieces; once all pieces of one have been given
 * back it is used again. Who keeps a piece gives nothing back, and then the garbage collector
 * decides as ever. Fresh memory for each byte of a large blob costs as much as hashing a fifth of it.
 * The memory is shared with threads, which hash what lies in it.
 */

/** A first answer is small; a blob soon fills larger ones. */
const FIRST_SIZE = 64 * 1024;
/** What is received, hashed and written while it lies in the cache of the processor costs a third less system time than with 512 KiB. */
const LARGEST_SIZE = 256 * 1024;
/** So many wait to be used again: what eight blobs at once have on their way to the disk. */
const MAX_FREE = 64;

export interface Lent {
  readonly bytes: Uint8Array;
  /** Bytes that were put into it and handed on. */
  filled: number;
  /** Of those, how many somebody has. */
  out: number;
  isFull: boolean;
}

export class Buffers {
  readonly #free: Lent[] = [];
  readonly #lent = new WeakMap<ArrayBufferLike, Lent>();

  /** @param before the buffer that is full, if there was one */
  next(before?: Lent): Lent {
    if (before !== undefined) {
      before.isFull = true;
      this.#reuse(before);
    }
    const size = Math.min(LARGEST_SIZE, before === undefined ? FIRST_SIZE : before.bytes.length * 2);
    const reused = size === LARGEST_SIZE ? this.#free.pop() : undefined;
    const lent = reused ?? { bytes: Buffer.from(new SharedArrayBuffer(size)), filled: 0, out: 0, isFull: false };
    this.#lent.set(lent.bytes.buffer, lent);
    return lent;
  }

  /** Whoever got a piece needs it no more, and gives it back once. */
  giveBack(piece: Uint8Array): void {
    const lent = this.#lent.get(piece.buffer);
    if (lent === undefined) return;
    lent.out -= piece.length;
    this.#reuse(lent);
  }

  #reuse(lent: Lent): void {
    const isWorthIt = lent.bytes.length === LARGEST_SIZE && this.#free.length < MAX_FREE;
    if (!lent.isFull || lent.out > 0 || !isWorthIt) return;
    this.#free.push(Object.assign(lent, { filled: 0, out: 0, isFull: false }));
  }
}
