/** Reads a file of small values from one end to the other, a window of it at a time. Little-endian. */
import type { ByteSource } from './byte-source.ts';

/** After a jump little is read: behind the bytes of a tensor a few values follow, and then the next tensor. */
const FIRST_WINDOW_SIZE = 1024;
/** Windows that follow each other double up to this. */
const LARGEST_WINDOW_SIZE = 256 * 1024;

export class ByteCursor {
  readonly #source: ByteSource;
  readonly #refuse: (found: string) => Error;
  #window: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  #windowSize = FIRST_WINDOW_SIZE / 2;
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
    return (await this.view(1)).getUint8(0);
  }

  async u32(): Promise<number> {
    return (await this.view(4)).getUint32(0, true);
  }

  async u64(): Promise<bigint> {
    return (await this.view(8)).getBigUint64(0, true);
  }

  /** A view of the next bytes; it changes with the next call. */
  async view(length: number): Promise<DataView> {
    if (!this.isNear(length)) await this.bring(length);
    const { buffer, byteOffset } = this.near(length);
    return new DataView(buffer, byteOffset, length);
  }

  skip(length: number): void {
    if (length > this.left) throw this.#early(length);
    this.at += length;
  }

  /** Whether the next bytes were read already, so that `byte()` and `near()` can give them at once. */
  isNear(length: number): boolean {
    const from = this.at - this.#windowStart;
    return from >= 0 && from + length <= this.#window.byteLength;
  }

  /** Reads the next bytes into the window. */
  async bring(length: number): Promise<void> {
    if (length > this.left) throw this.#early(length);
    const from = this.at - this.#windowStart;
    const isNext = from >= 0 && from <= this.#window.byteLength;
    this.#windowSize = isNext ? Math.min(this.#windowSize * 2, LARGEST_WINDOW_SIZE) : FIRST_WINDOW_SIZE;
    const bytes = await this.#source.read(this.at, Math.min(this.left, Math.max(length, this.#windowSize)));
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowStart = this.at;
  }

  /** The next byte, which is near. */
  byte(): number {
    const value = this.#window.getUint8(this.at - this.#windowStart);
    this.at += 1;
    return value;
  }

  /** The next bytes, which are near; they change with the next call of `bring()`. */
  near(length: number): Uint8Array {
    const bytes = new Uint8Array(this.#window.buffer, this.#window.byteOffset + this.at - this.#windowStart, length);
    this.at += length;
    return bytes;
  }

  #early(length: number): Error {
    return this.#refuse(`it ends at byte ${this.#source.size}, and ${length} bytes are wanted at ${this.at}`);
  }
}
