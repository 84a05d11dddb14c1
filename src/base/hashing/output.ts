/** A file that is written piece by piece: small ones are gathered, so that a bundle does not cost three calls for each file. */
import { writeFully } from '../files.ts';
import { explainSystemError } from '../system-errors.ts';
import { BUFFER_SIZE } from './read-part.ts';

/** Pieces up to this size are copied once more rather than written one by one. */
const SMALL_PIECE = 16 * 1024;

export class Output {
  readonly #descriptor: number;
  readonly #name: string;
  readonly #pending = Buffer.allocUnsafe(BUFFER_SIZE);
  #length = 0;

  constructor(descriptor: number, name: string) {
    this.#descriptor = descriptor;
    this.#name = name;
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BUFFER_SIZE) this.flush();
    if (bytes.length > SMALL_PIECE) {
      this.flush();
      this.#put(bytes);
    } else {
      this.#pending.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  flush(): void {
    if (this.#length > 0) this.#put(this.#pending.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Its errors are told apart from those of the file that is being read meanwhile. */
  #put(bytes: Uint8Array): void {
    try {
      writeFully(this.#descriptor, bytes);
    } catch (error) {
      throw explainSystemError(`Cannot write ${this.#name}`, error);
    }
  }
}
