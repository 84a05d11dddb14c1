/** Sorts files into components by the rules, and writes the shortest lists that say so. */
import picomatch from 'picomatch';
import { type Component, componentNames } from '../media-types.ts';
import { SUMS_FILE } from '../sums.ts';
import { WAYBILL_FILE } from '../waybill-file/schema.ts';
import { sortingRules, UNKNOWN_LARGE_BYTES } from './rules.ts';

export interface Sorted {
  /** Paths and patterns for `components` of waybill.yaml. */
  readonly components: ReadonlyMap<Component, readonly string[]>;
  /** What each path became; undefined for those left out. */
  readonly assigned: ReadonlyMap<string, Component | undefined>;
  /** Files that no rule knows, with the guess. */
  readonly guessed: readonly { readonly path: string; readonly component: Component }[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

export interface FileToSort {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

const compiled = sortingRules.map((rule) => ({
  ...rule,
  isMatch: picomatch([...rule.patterns], { dot: true, nocase: true, nonegate: true }),
}));

/** @param known files that something better than their names sorts */
export function sortFiles(files: readonly FileToSort[], known?: ReadonlyMap<string, Component>): Sorted {
  const assigned = new Map<string, Component | undefined>();
  const guessed: { path: string; component: Component }[] = [];
  const leftOut: { path: string; reason: string }[] = [];
  for (const { path, size } of files) {
    if (path === WAYBILL_FILE || path === SUMS_FILE) continue;
    const rule = compiled.find(({ isMatch }) => isMatch(path));
    const sorted = rule !== undefined && rule.component === undefined ? undefined : known?.get(path);
    if (sorted !== undefined) {
      assigned.set(path, sorted);
      continue;
    }
    if (rule === undefined) {
      const component = size >= UNKNOWN_LARGE_BYTES ? 'weights' : 'code';
      guessed.push({ path, component });
      assigned.set(path, component);
      continue;
    }
    if (rule.component === undefined) leftOut.push({ path, reason: rule.reason });
    assigned.set(path, rule.component);
  }
  return { components: shorten(assigned), assigned, guessed, leftOut };
}

/** A folder that is all one component becomes `folder/**`; other files are named one by one. */
function shorten(assigned: ReadonlyMap<string, Component | undefined>): ReadonlyMap<Component, readonly string[]> {
  const lists = new Map<Component, string[]>(componentNames.map((name) => [name, []]));
  const visit = (prefix: string, paths: readonly string[]): void => {
    const kinds = new Set(paths.map((path) => assigned.get(path)));
    const [kind] = kinds;
    if (prefix !== '' && kinds.size === 1) {
      if (kind !== undefined) lists.get(kind)?.push(`${escapePattern(prefix)}**`);
      return;
    }
    const folders = new Map<string, string[]>();
    for (const path of paths) {
      const slash = path.indexOf('/', prefix.length);
      if (slash < 0) {
        const own = assigned.get(path);
        if (own !== undefined) lists.get(own)?.push(path);
      } else {
        const folder = path.slice(0, slash + 1);
        folders.set(folder, [...(folders.get(folder) ?? []), path]);
      }
    }
    for (const [folder, inside] of folders) visit(folder, inside);
  };
  visit('', [...assigned.keys()]);
  return new Map([...lists].filter(([, list]) => list.length > 0));
}

function escapePattern(text: string): string {
  return text
    .replace(/[[\]{}()*?!+@]/g, (sign) => `[${sign}]`)
    .replace(/\[\[\]/g, '[[]')
    .replace(/\[\]\]/g, '[]]');
}
