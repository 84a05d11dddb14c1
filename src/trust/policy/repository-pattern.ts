/**
 * Patterns of repositories in trust.yaml: `acme/digits` is itself, `*` is one whole part, `**` at the
 * end any number of parts, at least one. With a host in front a pattern is about that host alone.
 * Of the patterns that fit a repository exactly one is the most specific: parts are compared from the
 * left, a literal one wins over `*`, `*` over `**`, and a pattern with a host over one without.
 */
import { looksLikeHost, REPOSITORY } from '../../oci/reference.ts';

/** A repository as it is asked for. */
export interface RepositoryInQuestion {
  /** Absent for the local store and for layouts. */
  readonly host: string | undefined;
  /** Without the host: `acme/digits`. */
  readonly repository: string;
}

const HOST = '(?:localhost|(?=[^/]*[.:])[a-z0-9][a-z0-9.-]*|\\[[0-9a-f:]+\\])(?::[0-9]{1,5})?/';
const PART = REPOSITORY.source.slice(1, REPOSITORY.source.indexOf('(?:/'));

/** The form as a JSON Schema says it. */
export const REPOSITORY_PATTERN_FORM: string = `^(?:${HOST})?(?:(?:${PART}|\\*)/)*(?:${PART}|\\*\\*?)$`;

const FORM = new RegExp(REPOSITORY_PATTERN_FORM);

/** A host and a name have at most 255 characters together. */
const MAX_PATTERN_LENGTH = 255;

export function isRepositoryPattern(text: string): boolean {
  return text.length <= MAX_PATTERN_LENGTH && FORM.test(text);
}

/** Whether the pattern names one repository and no other. */
export function isExact(pattern: string): boolean {
  return !pattern.includes('*');
}

/** The most specific of the patterns that fit, if one does. */
export function mostSpecific<Rule extends { readonly match: string }>(
  rules: readonly Rule[],
  asked: RepositoryInQuestion,
): Rule | undefined {
  return rules.filter(({ match }) => fits(match, asked)).sort((a, b) => compare(a.match, b.match))[0];
}

export function fits(pattern: string, { host, repository }: RepositoryInQuestion): boolean {
  const { host: wantedHost, parts: wanted } = split(pattern);
  if (wantedHost !== undefined && wantedHost !== host?.toLowerCase()) return false;
  const parts = repository.split('/');
  const isOpen = wanted.at(-1) === '**';
  if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, index) => part === '*' || part === '**' || part === parts[index]);
}

/** Negative if the first is more specific; both fit one repository. */
function compare(first: string, second: string): number {
  const [a, b] = [split(first), split(second)];
  if ((a.host === undefined) !== (b.host === undefined)) return a.host === undefined ? 1 : -1;
  const rank = (part: string | undefined) => (part === '**' ? 2 : part === '*' ? 1 : 0);
  const at = a.parts.findIndex((part, index) => rank(part) !== rank(b.parts[index]));
  return rank(a.parts[at]) - rank(b.parts[at]);
}

function split(pattern: string): { host: string | undefined; parts: readonly string[] } {
  const parts = pattern.split('/');
  const [first = ''] = parts;
  return parts.length > 1 && looksLikeHost(first) ? { host: first, parts: parts.slice(1) } : { host: undefined, parts };
}
