/** How often things are used, the most used first. */

export function mostUsedFirst(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)));
}
