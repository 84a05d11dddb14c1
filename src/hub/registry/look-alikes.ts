/**
 * Names of repositories that people take for each other. The grammar leaves lower-case ASCII, so what
 * is left is what stands between words and signs that look alike.
 */
const SEPARATORS = /[._-]+/g;
/** In many typefaces one is the other. Before separators go: `bar-net` does not look like `bamet`. */
const PAIRS = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
] as const;
const SIGNS = [
  [/0/g, 'o'],
  [/[1l]/g, 'i'],
] as const;

/** What all names that may look alike have in common. The slashes stay: parts of a name are read apart. */
export function skeletonOf(name: string): string {
  let skeleton = name;
  for (const [pair, sign] of PAIRS) skeleton = skeleton.replace(pair, sign);
  skeleton = skeleton.replace(SEPARATORS, '');
  for (const [signs, sign] of SIGNS) skeleton = skeleton.replace(signs, sign);
  return skeleton;
}

/**
 * Whether two names look alike. `model-10` and `model-1.0` do not, though their skeletons are one: where
 * both write the same digits and part them otherwise, they are other numbers, and versions are told
 * apart by nothing else. A letter in the place of a digit is no number: `model-l.0` is for `model-1.0`.
 */
export function isLookAlike(one: string, other: string): boolean {
  if (one === other || skeletonOf(one) !== skeletonOf(other)) return false;
  const [numbers, others] = [numbersIn(one), numbersIn(other)];
  return numbers.join('') !== others.join('') || numbers.join(' ') === others.join(' ');
}

function numbersIn(name: string): readonly string[] {
  return name.match(/\d+/g) ?? [];
}
