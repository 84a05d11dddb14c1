/** Content from afar into a file: hashed as it comes, written once, by other threads than the one that receives. */
import type { Hash } from 'node:crypto';
import { WriteBehind } from '../base/write-behind.ts';
import type { Descriptor } from './descriptor.ts';
import { algorithmOf, finishHash } from './digest.ts';
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
  { advance, signal }: TransferOptions,
): Promise<void> {
  const output = new WriteBehind(descriptor, { position: from, written: content.giveBack });
  let at = from;
  try {
    if (at < expected.size) {
      for await (const chunk of content.unverifiedRange({ start: at, end: expected.size })) {
        signal?.throwIfAborted();
        hash.update(chunk);
        at += chunk.length;
        await output.write(chunk);
        advance(chunk.length);
      }
    }
  } finally {
    await output.flush();
  }
  checkContent(expected, { size: at, digest: finishHash(hash, algorithmOf(expected.digest)) }, name);
  if (isDurable) await output.sync();
}
