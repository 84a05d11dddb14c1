/** Reads a file of small values from one end to the other, a window of it at a time. Little-endian. */
import type { ByteSource } from './byte-source.ts';

const WINDOW_SIZE = 256 * 1024;

export class ByteCursor {
  readonly #source: ByteSource;
  readonly #refuse: (found: string) => Error;
  #window: DataView = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  /** Where the next value begins. */
  at: number;

  /** @param refuse makes the error for a file that ends too early */
  constructor(source: ByteSource, refuse: (found: string) => Error, start = 0) {
    this.#source = source;
    this.#refuse = refuse;
    this.at = start;
  }

  /** Bytes between here and the end. */
  get left(): number {
    return this.#source.size - this.at;
  }

  async u8(): Promise<number> {
    return (await this.#take(1)).getUint8(0);
  }

  async u32(): Promise<number> {
    return (await this.#take(4)).getUint32(0, true);
  }

  async u64(): Promise<bigint> {
    return (await this.#take(8)).getBigUint64(0, true);
  }

  /** A view of the next bytes; it changes with the next call. */
  async view(length: number): Promise<DataView> {
    return this.#take(length);
  }

  skip(length: number): void {
    if (length > this.left) throw this.#early(length);
    this.at += length;
  }

  async #take(length: number): Promise<DataView> {
    const from = this.at - this.#windowStart;
    if (from < 0 || from + length > this.#window.byteLength) {
      if (length > this.left) throw this.#early(length);
      const bytes = await this.#source.read(this.at, Math.min(this.left, Math.max(length, WINDOW_SIZE)));
      this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#windowStart = this.at;
    }
    const view = new DataView(this.#window.buffer, this.#window.byteOffset + this.at - this.#windowStart, length);
    this.at += length;
    return view;
  }

  #early(length: number): Error {
    return this.#refuse(`it ends at byte ${this.#source.size}, and ${length} bytes are wanted at ${this.at}`);
  }
}
