/**
 * What arrives on a connection, in order. The system writes into buffers that are handed on as
 * they are: Node's own HTTP client and streams cost three times the time of that for each byte.
 */

import type { Buffers, Lent } from './buffers.ts';

/** With less room than this the next buffer is begun: reading little at a time costs a call each. */
const LEAST_ROOM = 32 * 1024;
/** Nobody takes what arrives: then no more is read until somebody does. */
const MAX_HELD = 1024 * 1024;

export class Arrivals {
  /** For `net.connect` and `tls.connect`. */
  readonly onread: { buffer: () => Uint8Array; callback: (count: number) => boolean };
  /** Is told that reading may go on. */
  onRoom: (() => void) | undefined;
  #isFull = false;
  readonly #buffers: Buffers;
  #current: Lent | undefined;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #end: { readonly error: unknown } | 'orderly' | undefined;
  #wake: (() => void) | undefined;

  constructor(buffers: Buffers) {
    this.#buffers = buffers;
    this.onread = {
      buffer: () => this.#room(),
      callback: (count) => {
        const into = this.#current;
        if (into === undefined) return true;
        const chunk = into.bytes.subarray(into.filled, into.filled + count);
        into.filled += count;
        into.out += count;
        return this.add(chunk);
      },
    };
  }

  /** @returns whether more should be read */
  add(chunk: Uint8Array): boolean {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    this.#isFull ||= this.#heldBytes >= MAX_HELD;
    this.#notify();
    return !this.#isFull;
  }

  /** Whether reading was stopped because nobody takes. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** No more will come. The first reason counts. */
  finish(error?: unknown): void {
    this.#end ??= error === undefined ? 'orderly' : { error };
    this.#notify();
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /**
   * The next bytes, or undefined at an orderly end.
   * @throws what the line ended with; bytes that came before it are handed out first
   */
  async take(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#held.shift();
      if (chunk !== undefined) {
        this.#heldBytes -= chunk.length;
        if (this.#isFull && this.#heldBytes <= MAX_HELD / 2) {
          this.#isFull = false;
          this.onRoom?.();
        }
        return chunk;
      }
      if (this.#end === 'orderly') return undefined;
      if (this.#end !== undefined) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Gives back what belongs to somebody else. */
  putBack(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#held.unshift(chunk);
    this.#heldBytes += chunk.length;
  }

  #room(): Uint8Array {
    const before = this.#current;
    if (before === undefined || before.bytes.length - before.filled < LEAST_ROOM)
      this.#current = this.#buffers.next(before);
    const { bytes, filled } = this.#current as Lent;
    return bytes.subarray(filled);
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
