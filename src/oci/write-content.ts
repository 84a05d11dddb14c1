/** Content from afar into a file: hashed as it comes, written once, by other threads than the one that receives. */
import type { Hash } from 'node:crypto';
import { LEAST_STREAM } from '../base/hashing/stream-hashes.ts';
import { WriteBehind } from '../base/write-behind.ts';
import type { Descriptor } from './descriptor.ts';
import { algorithmOf, finishHash, sha256Digest } from './digest.ts';
import type { Content, TransferOptions } from './store.ts';
import { checkContent } from './verified.ts';

export interface Arriving {
  readonly expected: Descriptor;
  readonly content: Content;
  /** Has seen the bytes before `from`. */
  readonly hash: Hash;
  /** Where the file ends, and where the content goes on. */
  readonly from: number;
  /** What the reader knows the content by; its digest if absent. */
  readonly name?: string;
  /** Whether it must survive a power cut on return. */
  readonly isDurable: boolean;
}

/**
 * Writes the rest of some content; on return it is what was expected.
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID; errors of the system as they are. What had come
 *   before is in the file then.
 */
export async function writeContent(
  descriptor: number,
  { expected, content, hash, from, name, isDurable }: Arriving,
  { advance, signal, hashes }: TransferOptions,
): Promise<void> {
  const given = new Twice((piece) => content.giveBack?.(piece));
  // What an earlier process had received was hashed here, and a hash cannot go to another thread.
  const isApart = hashes !== undefined && from === 0 && expected.size >= LEAST_STREAM;
  const apart = isApart && expected.digest.startsWith('sha256:') ? hashes.open((piece) => given.add(piece)) : undefined;
  const output = new WriteBehind(descriptor, {
    position: from,
    written: apart === undefined ? content.giveBack : (piece) => given.add(piece),
  });
  let at = from;
  try {
    if (at < expected.size) {
      for await (const chunk of content.unverifiedRange({ start: at, end: expected.size })) {
        signal?.throwIfAborted();
        if (apart === undefined) hash.update(chunk);
        else await apart.update(chunk);
        at += chunk.length;
        await output.write(chunk);
        advance(chunk.length);
      }
    }
    const digest =
      apart === undefined ? finishHash(hash, algorithmOf(expected.digest)) : sha256Digest(await apart.digest());
    checkContent(expected, { size: at, digest }, name);
  } finally {
    apart?.abandon();
    await output.flush();
  }
  if (isDurable) await output.sync();
}

/** Pieces that two have, and that are given back when both have said that they need them no more. */
class Twice {
  readonly #once = new Set<Uint8Array>();
  readonly #back: (piece: Uint8Array) => void;

  constructor(back: (piece: Uint8Array) => void) {
    this.#back = back;
  }

  add(piece: Uint8Array): void {
    if (!this.#once.delete(piece)) this.#once.add(piece);
    else this.#back(piece);
  }
}
