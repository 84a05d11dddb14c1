/** Chance that is the same on every run: a failing round can be played again. */

export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from 0 (inclusive) to `end` (exclusive). */
  below(end: number): number;
  bytes(length: number): Buffer;
}

/** The generator mulberry32, by Tommy Ettinger (public domain). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => word() / 0x1_0000_0000;
  return {
    next,
    below: (end) => Math.floor(next() * end),
    bytes: (length) => {
      const bytes = Buffer.alloc(length + 4);
      for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(word(), at);
      return bytes.subarray(0, length);
    },
  };
}
