/**
 * Which parts of a tree a proof consists of: RFC 6962 §2.1.1 and §2.1.2. A range of entries is made of perfect
 * subtrees, which are what tiles hold; so whoever knows the names of these can read them at once.
 */

/** The tree over the entries from `index * 2^level` to `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Entries from `start` to `end`, exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The perfect subtrees of a range as it comes in proofs, from left to right: each is larger than the one behind it. */
export function subtreesOf({ start, end }: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    let level = 0;
    while (at + 2 ** (level + 1) <= end) level++;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** What is hashed with an entry, one after the other, up to the root: §2.1.1. `index` is below `size`. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const ranges: Range[] = [];
  for (let range: Range = { start: 0, end: size }; range.end - range.start > 1; ) {
    const middle = middleOf(range);
    const [left, right] = [
      { start: range.start, end: middle },
      { start: middle, end: range.end },
    ];
    const isLeft = index < middle;
    ranges.push(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  return ranges.reverse();
}

/** What shows that the tree of `older` entries is the beginning of that of `newer`: §2.1.2. Between 0 and `newer`. */
export function consistencyRanges(older: number, newer: number): readonly Range[] {
  const ranges: Range[] = [];
  let range: Range = { start: 0, end: newer };
  // Whoever checks has the root of the older tree: where it is a perfect subtree as a whole it is not told again.
  let isWhole = true;
  while (range.end !== older) {
    const middle = middleOf(range);
    const [left, right] = [
      { start: range.start, end: middle },
      { start: middle, end: range.end },
    ];
    const isLeft = older <= middle;
    ranges.push(isLeft ? right : left);
    range = isLeft ? left : right;
    isWhole &&= isLeft;
  }
  if (!isWhole) ranges.push(range);
  return ranges.reverse();
}

/** Where a range is split: behind the largest power of two of entries that leaves some. */
function middleOf({ start, end }: Range): number {
  let size = 1;
  while (size * 2 < end - start) size *= 2;
  return start + size;
}
