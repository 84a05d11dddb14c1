/** Checks proofs without the tree: RFC 9162 §2.1.3.2 (inclusion) and §2.1.4.2 (consistency), with the hashes of RFC 6962. */
import { nodeHash } from './hashes.ts';

/** More than any tree has levels whose size is a safe integer. */
const MAX_PROOF_LENGTH = 53;

/** How a tree looks to somebody who was told so: size and root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

export interface Inclusion {
  readonly index: number;
  readonly leaf: Buffer;
  readonly proof: readonly Buffer[];
}

/** Whether the leaf stands at the index of the tree. */
export function isIncluded({ index, leaf, proof }: Inclusion, { size, root }: TreeHead): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size || proof.length > MAX_PROOF_LENGTH) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Whether the older tree is the beginning of the newer one. The empty tree is the beginning of every tree. */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Buffer[]): boolean {
  if (!isIndex(older.size) || !isIndex(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  // A perfect older tree is itself the first hash.
  const [first, ...rest] = at === 0 ? [older.root, ...proof] : proof;
  if (first === undefined || rest.length > MAX_PROOF_LENGTH) return false;
  let [ofOlder, ofNewer] = [first, first];
  for (const other of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      ofOlder = nodeHash(other, ofOlder);
      ofNewer = nodeHash(other, ofNewer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      ofNewer = nodeHash(ofNewer, other);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && ofOlder.equals(older.root) && ofNewer.equals(newer.root);
}

const isIndex = (value: number) => Number.isSafeInteger(value) && value >= 0;
const half = (value: number) => Math.floor(value / 2);
