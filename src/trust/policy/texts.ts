/** The small forms of text that trust.yaml is made of: times, spans of time, names of repositories and statements. */
import { z } from 'zod';
import { isRepositoryPattern, REPOSITORY_PATTERN_FORM } from './repository-pattern.ts';

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY };

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
const SPAN = /^([1-9]\d{0,5})([mhd])$/;

/** Longer than any URI of a predicate type in use. */
const MAX_URI_LENGTH = 1024;

export const time = z
  .string()
  .refine((text) => instantOf(text) !== undefined, 'a date or a time in UTC, as 2027-03-31 or 2027-03-31T12:00:00Z')
  .meta({ pattern: `${DATE.source}|${TIME.source}` });

export const span = z.string().regex(SPAN, 'a number with m, h or d behind it: 30m, 12h, 90d');

export const uri = z
  .string()
  .max(MAX_URI_LENGTH)
  .regex(/^[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]+$/, 'a URI, as https://slsa.dev/provenance/v1');

export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'up to 100 letters, digits and . _ - (as acme-release-2026)');

export const repositoryPattern = z
  .string()
  .refine(
    isRepositoryPattern,
    'a repository with or without its host, in which a part may be * and the last one ** (acme/digits, registry.example/acme/**)',
  )
  .meta({ pattern: REPOSITORY_PATTERN_FORM });

/**
 * Milliseconds since 1970, or undefined for what is no time. A date is its first instant.
 * @param isEnd whether a date is its last instant: what ends on a day holds on that day
 */
export function instantOf(text: string, { isEnd = false } = {}): number | undefined {
  const isDate = DATE.test(text);
  if (!isDate && !TIME.test(text)) return undefined;
  const value = Date.parse(text);
  // Date.parse takes the 31st of February for the 3rd of March.
  if (new Date(value).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  return isDate && isEnd ? value + DAY - 1 : value;
}

/** Milliseconds of a span that `span` accepts. */
export function millisecondsOf(text: string): number {
  return Number.parseInt(text, 10) * Number(UNITS[text.slice(-1)]);
}
