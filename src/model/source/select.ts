/**
 * Which files are packed, and as what: the globs of waybill.yaml against the files of its folder.
 * An exact existing path wins over a pattern; a file in two components, and a path or pattern that
 * matches nothing, are errors; nothing is left out silently.
 */
import picomatch from 'picomatch';
import { type Problem, WaybillError } from '../../base/errors.ts';
import { type Component, componentNames } from '../media-types.ts';
import { SUMS_FILE } from '../sums.ts';
import type { ParsedWaybillFile } from '../waybill-file/parse.ts';
import { WAYBILL_FILE } from '../waybill-file/schema.ts';
import type { SourceFile } from './walk.ts';

export interface SelectedFile extends SourceFile {
  readonly component: Component;
}

export interface Selection<File> {
  readonly files: readonly (File & { readonly component: Component })[];
  /** Paths that no component names, sorted. */
  readonly unlisted: readonly string[];
}

interface Claim {
  readonly component: Component;
  readonly pattern: string;
  readonly at: readonly (string | number)[];
  readonly isExact: boolean;
}

/** @throws WaybillError WAYBILL_FILE_INVALID with every pattern that matches nothing and every conflict */
export function selectFiles<File extends Pick<SourceFile, 'path'>>(
  files: readonly File[],
  parsed: ParsedWaybillFile,
): Selection<File> {
  const candidates = files.filter(({ path }) => path !== SUMS_FILE);
  const paths = new Set(candidates.map(({ path }) => path));
  const claims = new Map<string, Claim[]>();
  const problems: Problem[] = [];

  for (const component of componentNames) {
    for (const [index, pattern] of (parsed.file.components[component] ?? []).entries()) {
      const at = ['components', component, index];
      const matched = match(pattern, paths);
      if (matched.paths.length === 0) problems.push(parsed.problemAt(at, adviceFor(pattern, candidates)));
      const claim: Claim = { component, pattern, at, isExact: matched.isExact };
      for (const path of matched.paths) {
        const others = claims.get(path);
        if (others === undefined) claims.set(path, [claim]);
        else others.push(claim);
      }
    }
  }
  const selected: (File & { readonly component: Component })[] = [];
  const unlisted: string[] = [];
  for (const file of candidates) {
    const found = claims.get(file.path) ?? [];
    const exact = found.filter(({ isExact }) => isExact);
    const deciding = exact.length > 0 ? exact : found;
    const chosen = new Set(deciding.map(({ component }) => component));
    if (file.path === WAYBILL_FILE) {
      // Travels with every package, as code, whether a pattern covers it or not.
      const other = exact.find(({ component }) => component !== 'code');
      if (other !== undefined) problems.push(parsed.problemAt(other.at, `${WAYBILL_FILE} always belongs to code`));
      selected.push({ ...file, component: 'code' });
    } else if (chosen.size > 1) {
      const [first, ...others] = deciding;
      const other = others.find(({ component }) => component !== first?.component);
      if (first !== undefined && other !== undefined) {
        problems.push(
          parsed.problemAt(
            other.at,
            `${JSON.stringify(file.path)} belongs to ${other.component} by ${JSON.stringify(other.pattern)} and to ${first.component} by ${JSON.stringify(first.pattern)}; a file has one component`,
          ),
        );
      }
    } else if (deciding[0] !== undefined) selected.push({ ...file, component: deciding[0].component });
    else unlisted.push(file.path);
  }
  if (problems.length > 0) {
    throw new WaybillError(
      'WAYBILL_FILE_INVALID',
      `Cannot pack: ${WAYBILL_FILE} does not fit the files of its folder`,
      { problems: withoutRepeats(problems) },
    );
  }
  return { files: selected, unlisted };
}

function match(pattern: string, paths: ReadonlySet<string>): { paths: readonly string[]; isExact: boolean } {
  if (paths.has(pattern)) return { paths: [pattern], isExact: true };
  // The flag: `*` also covers a line break, so that a name with one is refused and not left out.
  const isMatch = picomatch(pattern, { dot: true, nonegate: true, noextglob: true, strictSlashes: true, flags: 's' });
  return { paths: [...paths].filter((path) => isMatch(path)), isExact: false };
}

function adviceFor(pattern: string, files: readonly Pick<SourceFile, 'path'>[]): string {
  const folder = pattern.replace(/\/+$/, '');
  if (files.some(({ path }) => path.startsWith(`${folder}/`)))
    return `${JSON.stringify(pattern)} is a folder; write ${JSON.stringify(`${folder}/**`)} for all files in it`;
  return `${JSON.stringify(pattern)} matches no file`;
}

/** A thousand files in two components by the same two patterns are one mistake. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const MAX_FOR_ONE_PLACE = 3;
  const counts = new Map<string, number>();
  return problems.filter(({ line, column }) => {
    const place = `${line}:${column}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    return (counts.get(place) ?? 0) <= MAX_FOR_ONE_PLACE;
  });
}
