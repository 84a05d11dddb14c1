/**
 * The bytes of a blob that is made of parts, in pieces of one size: headers, files and padding are
 * read or written straight into the piece, so that many small files cost as few calls as one large.
 */
import { createHash, type Hash } from 'node:crypto';
import { BLOCK_SIZE, paddingOf } from '../tar/header.ts';
import { entryHeader } from '../tar/write.ts';
import { chunksOf, type FilePart } from './read-part.ts';

export type Part = { readonly bytes: Uint8Array } | FilePart;

export interface Piecing {
  /** Used in turn: a piece lasts until so many more are asked for. All of one size. */
  readonly buffers: readonly [Buffer, ...Buffer[]];
  /** Of the whole, `end` exclusive; all of it if absent. Files that are not touched are not opened. */
  readonly start?: number;
  readonly end?: number;
  /** Is fed with what passes, if all of it does. */
  readonly sums?: Sums;
}

const ZEROS = Buffer.alloc(BLOCK_SIZE);

/** @throws WaybillError FILE_CHANGED when a file is not, or does not stay, what `identity` says; FILE_UNREADABLE */
export function* piecesOf(parts: readonly Part[], piecing: Piecing): Generator<Uint8Array, void> {
  const { buffers, start = 0, end = Number.POSITIVE_INFINITY, sums } = piecing;
  let turn = 0;
  let [buffer] = buffers;
  let length = 0;
  let at = 0;
  const flush = (): Uint8Array => {
    const piece = buffer.subarray(0, length);
    sums?.addPiece(piece);
    turn = (turn + 1) % buffers.length;
    buffer = buffers[turn] ?? buffer;
    length = 0;
    return piece;
  };
  const put = function* (bytes: Uint8Array): Generator<Uint8Array, void> {
    let rest = bytes.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += bytes.length;
    while (rest.length > 0) {
      const some = rest.subarray(0, buffer.length - length);
      buffer.set(some, length);
      length += some.length;
      rest = rest.subarray(some.length);
      if (length === buffer.length) yield flush();
    }
  };
  for (const part of parts) {
    if ('bytes' in part) {
      yield* put(part.bytes);
      continue;
    }
    const { entry, identity } = part;
    if (entry !== undefined) yield* put(entryHeader({ ...entry, size: identity?.size ?? 0 }));
    const range = { start: Math.max(0, start - at), end: end - at };
    let read = 0;
    if (sums !== undefined || (range.end > 0 && range.start < (identity?.size ?? Number.POSITIVE_INFINITY))) {
      sums?.beginFile();
      for (const chunk of chunksOf(part, { ...range, into: () => buffer.subarray(length) })) {
        sums?.addToFile(chunk);
        read += chunk.length;
        length += chunk.length;
        if (length === buffer.length) yield flush();
      }
      sums?.endFile();
    }
    const size = identity?.size ?? read;
    at += size;
    if (entry !== undefined) yield* put(ZEROS.subarray(0, paddingOf(size)));
  }
  if (length > 0) yield flush();
}

/** What there is to know of a blob once all its pieces have passed. */
export interface Summed {
  /** SHA-256 of the whole, as 64 lower-case hex digits. */
  readonly sha256: string;
  readonly size: number;
  /** SHA-256 of each file among the parts, in their order. */
  readonly files: readonly string[];
  /** Bytes read from files. */
  readonly bytesRead: number;
}

/** Hashes a blob and each file in it while they pass; a file that is the whole blob is hashed once. */
export class Sums {
  bytesRead = 0;
  readonly #whole = createHash('sha256');
  readonly #files: string[] = [];
  readonly #isFile: boolean;
  #file: Hash | undefined;
  #size = 0;

  constructor(parts: readonly Part[]) {
    const [only] = parts;
    this.#isFile = parts.length === 1 && only !== undefined && 'file' in only && only.entry === undefined;
  }

  beginFile(): void {
    this.#file = this.#isFile ? undefined : createHash('sha256');
  }

  addToFile(chunk: Uint8Array): void {
    this.bytesRead += chunk.length;
    this.#file?.update(chunk);
  }

  endFile(): void {
    if (this.#file !== undefined) this.#files.push(this.#file.digest('hex'));
  }

  addPiece(piece: Uint8Array): void {
    this.#size += piece.length;
    this.#whole.update(piece);
  }

  /** Once only: a hash ends when it is asked for. */
  finish(): Summed {
    const sha256 = this.#whole.digest('hex');
    return { sha256, size: this.#size, files: this.#isFile ? [sha256] : this.#files, bytesRead: this.bytesRead };
  }
}
