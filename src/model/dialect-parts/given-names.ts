/**
 * Names for files whose artifact states none: by the kind of the layer, in the order of the layers,
 * and never one that is taken. The same artifact gives the same names everywhere.
 */
import { foldPath } from '../paths/collisions.ts';

export interface GivenName {
  readonly base: string;
  /** With its dot; empty if there is none. */
  readonly extension: string;
  /** Whether several are the parts of one model, and numbered as such (`-00001-of-00002`). */
  readonly isPart?: boolean;
}

/** What a layer is to be called: as it says itself, or after its kind. */
export type Naming = { readonly stated: string } | { readonly given: GivenName };

/** @returns a name for each, in the same order */
export function giveNames(namings: readonly Naming[]): readonly string[] {
  const taken = new Set<string>();
  for (const naming of namings) if ('stated' in naming) take(naming.stated, taken);
  const counts = new Map<string, number>();
  const keyOf = ({ base, extension }: GivenName) => `${base}${extension}`;
  for (const naming of namings) {
    if (!('given' in naming)) continue;
    counts.set(keyOf(naming.given), (counts.get(keyOf(naming.given)) ?? 0) + 1);
  }
  const used = new Map<string, number>();
  return namings.map((naming) => {
    if ('stated' in naming) return naming.stated;
    const { given } = naming;
    const total = counts.get(keyOf(given)) ?? 1;
    const at = (used.get(keyOf(given)) ?? 0) + 1;
    used.set(keyOf(given), at);
    const digits = (number: number) => String(number).padStart(5, '0');
    const part = given.isPart && total > 1 ? `-${digits(at)}-of-${digits(total)}` : '';
    return firstFree(`${given.base}${part}`, given.extension, taken);
  });
}

function firstFree(base: string, extension: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${base}${extension}` : `${base}-${number}${extension}`;
    if (taken.has(foldPath(name))) continue;
    take(name, taken);
    return name;
  }
}

/** A file takes its own name and those of its folders. */
function take(path: string, taken: Set<string>): void {
  const folded = foldPath(path);
  taken.add(folded);
  for (let slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1))
    taken.add(folded.slice(0, slash));
}
