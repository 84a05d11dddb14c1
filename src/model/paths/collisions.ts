/**
 * Names that are two here and one elsewhere: macOS composes letters, macOS and Windows ignore
 * case. Compared after NFC and full case folding (Unicode, "Default Caseless Matching"), so that
 * `ß` meets `ss`.
 */

/** The form in which two names are one on some system. */
export function foldPath(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path)) return path.toLowerCase();
  let folded = '';
  for (const sign of path.normalize('NFC')) folded += foldSign(sign);
  return folded.normalize('NFC');
}

/** Full case folding of one character, from the two mappings that JavaScript has. */
function foldSign(sign: string): string {
  // Dotless i is a letter of its own; through upper case it would become i.
  if (sign === 'ı') return sign;
  // Capital sharp s is its own upper case and has ß as its lower one, which folds to ss.
  if (sign === 'ẞ') return 'ss';
  const upper = sign.toUpperCase();
  // Cherokee folds to upper case, all else to lower (CaseFolding.txt).
  if (/^[\u13a0-\u13f5\u13f8-\u13fd\uab70-\uabbf]$/u.test(sign)) return upper;
  return [...upper].map((letter) => letter.toLowerCase()).join('');
}

/**
 * Pairs of paths of which a file system could keep only one: equal after folding, or one a file
 * where the other needs a folder.
 * @returns the first pair, or undefined
 */
export function findCollision(paths: Iterable<string>): readonly [string, string] | undefined {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const folded = foldPath(path);
    const twin = files.get(folded) ?? folders.get(folded);
    if (twin !== undefined) return [twin, path];
    files.set(folded, path);
    for (let slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
      const folder = folded.slice(0, slash);
      const file = files.get(folder);
      if (file !== undefined) return [file, path];
      // One folder under two spellings merges into one elsewhere: its files decide, not it.
      folders.set(folder, path);
    }
  }
  return undefined;
}
