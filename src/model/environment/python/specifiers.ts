/**
 * Ranges of versions, as `>=2,<3`. "Version specifiers" of packaging.python.org, from PEP 440. The same form says
 * ranges of drivers, of the C library and of Node: their versions are numbers and dots.
 */
import { invalidRequirement } from './invalid.ts';
import { comparePublic, compareReleases, compareVersions, isPreRelease, readVersion, type Version } from './version.ts';

type Operator = '~=' | '==' | '!=' | '<=' | '>=' | '<' | '>' | '===';

interface Specifier {
  readonly operator: Operator;
  /** As it is written, without spaces around. */
  readonly text: string;
  /** Absent for `===`, whose text need not be a version. */
  readonly version?: Version;
  /** Whether `.*` stands behind it. */
  readonly isPrefix: boolean;
}

/** All of them at once; none means any version. */
export interface Specifiers {
  readonly text: string;
  readonly all: readonly Specifier[];
}

/** Of one distribution; the longest in use leave out some dozen broken releases. */
const MAX_SPECIFIERS = 200;

const OPERATOR = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*/;

/** As far as a JSON Schema can say it: an operator and something behind it, one or several. */
export const RANGE_PATTERN =
  '^\\s*(?:===|~=|==|!=|<=|>=|<|>)\\s*[^\\s,;)]+\\s*(?:,\\s*(?:===|~=|==|!=|<=|>=|<|>)\\s*[^\\s,;)]+\\s*)*,?\\s*$';

/**
 * @param within the text that it is a part of, and where it begins there: for the message
 * @throws WaybillError REQUIREMENT_INVALID
 */
export function parseSpecifiers(
  text: string,
  within: { source: string; start: number } = { source: text, start: 0 },
): Specifiers {
  const parts = text.split(',');
  if (parts.length > MAX_SPECIFIERS)
    throw invalidRequirement(within.source, within.start, `at most ${MAX_SPECIFIERS} ranges`);
  let at = within.start;
  const all = parts.flatMap((part, index) => {
    const start = at;
    at += part.length + 1;
    // One comma may stand behind the last; an empty text is any version.
    const isLast = index === parts.length - 1;
    if (part.trim() === '' && (parts.length === 1 || (isLast && index > 0))) return [];
    const specifier = readSpecifier(part);
    if (specifier === undefined)
      throw invalidRequirement(within.source, start, 'an operator and a version (>=2.0, ==1.*)');
    return [specifier];
  });
  return { text: text.trim(), all };
}

/** @returns what is wrong with it, in the reader's words */
export function problemOfRange(text: string): string | undefined {
  try {
    if (parseSpecifiers(text).all.length > 0) return undefined;
  } catch {
    // Said below, with an example that fits the place.
  }
  return 'a range of versions, as PEP 440 has them (>=2,<3)';
}

/** Whether a version is in the range, given as text: pre-releases are as good as others, where there is no choice. */
export function contains({ all }: Specifiers, text: string): boolean {
  const version = readVersion(text);
  return all.every((specifier) => fits(specifier, text, version));
}

/** @returns undefined when it is none */
export function readSpecifier(text: string): Specifier | undefined {
  const [head = '', operator] = OPERATOR.exec(text) ?? [];
  const rest = text.slice(head.length).trim();
  if (operator === '===') return /^[^\s;)]+$/.test(rest) ? { operator: '===', text: rest, isPrefix: false } : undefined;
  if (operator === undefined) return undefined;
  const isPrefix = rest.endsWith('.*') && (operator === '==' || operator === '!=');
  const version = readVersion(isPrefix ? rest.slice(0, -2) : rest);
  if (version === undefined) return undefined;
  const isEquality = operator === '==' || operator === '!=';
  if (version.local !== undefined && (!isEquality || isPrefix)) return undefined;
  if (isPrefix && (isPreRelease(version) || version.post !== undefined)) return undefined;
  if (operator === '~=' && version.release.length < 2) return undefined;
  return { operator: operator as Operator, text: rest, version, isPrefix };
}

function fits({ operator, text, version: wanted, isPrefix }: Specifier, found: string, version?: Version): boolean {
  if (wanted === undefined) return found.trim().toLowerCase() === text.toLowerCase();
  if (version === undefined) return false;
  switch (operator) {
    case '==':
      return isPrefix ? hasPrefix(version, wanted) : isSame(version, wanted);
    case '!=':
      return isPrefix ? !hasPrefix(version, wanted) : !isSame(version, wanted);
    case '~=':
      return (
        comparePublic(version, wanted) >= 0 &&
        hasPrefix(version, { epoch: wanted.epoch, release: wanted.release.slice(0, -1) })
      );
    case '<=':
      return comparePublic(version, wanted) <= 0;
    case '>=':
      return comparePublic(version, wanted) >= 0;
    case '<':
      // `<3` is not meant to take `3rc1`.
      return comparePublic(version, isPreRelease(wanted) ? wanted : { ...wanted, dev: 0 }) < 0;
    case '>':
      return comparePublic(version, wanted) > 0 && !isPostOf(version, wanted);
    default:
      return false;
  }
}

/** What stands behind `+` counts where the range has it too. */
function isSame(version: Version, wanted: Version): boolean {
  return wanted.local === undefined ? comparePublic(version, wanted) === 0 : compareVersions(version, wanted) === 0;
}

function hasPrefix(version: Version, { epoch, release }: Pick<Version, 'epoch' | 'release'>): boolean {
  if (compareReleases([version.epoch], [epoch]) !== 0) return false;
  return compareReleases(version.release.slice(0, release.length), release) === 0;
}

/** `>3` is not meant to take `3.post1`, unless it says a post-release itself. */
function isPostOf(version: Version, { epoch, release, pre, post, dev }: Version): boolean {
  if (post !== undefined || dev !== undefined) return false;
  if (compareReleases([version.epoch], [epoch]) !== 0 || compareReleases(version.release, release) !== 0) return false;
  return version.pre?.join() === pre?.join();
}
