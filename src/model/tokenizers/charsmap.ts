/**
 * The table by which SentencePiece replaces characters: a trie that leads to places in a text behind it. `normalizer.cc`,
 * `DecodePrecompiledCharsMap`; the trie is a double array of Darts.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bits of a unit of the trie. */
const LEAF = 0x8000_0000;
const HAS_LEAF = 0x100;
/** Units that a step of the trie may reach. */
const STEPS = 256;

/** Says what is wrong; undefined when nothing is. */
export function charsmapProblem(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4) return 'is too short for the size of its trie';
  const size = view.getUint32(0, true);
  if (size === 0 || size > bytes.length - 4 || size % 4 !== 0) return 'has a trie that ends behind its end';
  const texts = bytes.subarray(4 + size);
  if (texts.at(-1) !== 0) return 'does not end with the end of a text';
  try {
    decoder.decode(texts);
  } catch {
    return 'has texts that are not valid UTF-8';
  }
  return trieProblem(new DataView(bytes.buffer, bytes.byteOffset + 4, size), texts.length);
}

/** Every unit leads to a text, or to units that are there. */
function trieProblem(trie: DataView, textsLength: number): string | undefined {
  const count = trie.byteLength / 4;
  for (let index = 0; index < count; index++) {
    const unit = trie.getUint32(4 * index, true);
    if (unit >= LEAF) {
      if (unit - LEAF >= textsLength) return `leads to a text behind its end at ${index}`;
      continue;
    }
    const next = (index ^ ((unit >>> 10) << ((unit & 0x200) >>> 6))) >>> 0;
    if (next - (next % STEPS) + STEPS > count) return `leads behind the end of its trie at ${index}`;
    if ((unit & HAS_LEAF) !== 0 && trie.getUint32(4 * next, true) < LEAF) return `leads to no text at ${index}`;
  }
  return undefined;
}
