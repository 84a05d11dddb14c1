/** The hashes of a Merkle tree over the entries of a log: RFC 6962 §2.1, with SHA-256. */
import { hash } from 'node:crypto';

/** Bytes of one hash. */
export const HASH_SIZE = 32;

/** The root of a tree without entries: the hash of no bytes. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** What stands for an entry in the tree. */
export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF, entry]), 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** The root over hashes that stand one behind the other; their number is a power of two. */
export function perfectRoot(hashes: Buffer): Buffer {
  const node = Buffer.alloc(1 + 2 * HASH_SIZE, NODE);
  let level = hashes;
  while (level.length > HASH_SIZE) {
    const above = Buffer.allocUnsafe(level.length / 2);
    for (let at = 0; at < level.length; at += 2 * HASH_SIZE) {
      level.copy(node, 1, at, at + 2 * HASH_SIZE);
      hash('sha256', node, 'buffer').copy(above, at / 2);
    }
    level = above;
  }
  return level;
}

/** The root over trees of which each is larger than the one behind it, as in a tree whose size is no power of two. */
export function joinRoots(roots: readonly Buffer[]): Buffer {
  return roots.reduceRight((right, left) => nodeHash(left, right));
}
