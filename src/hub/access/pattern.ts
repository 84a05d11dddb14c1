/**
 * Patterns of repositories: `acme/digits` is itself, `*` stands for one part of a name or a piece
 * of it, `**` at the end for any number of parts, at least one. `**` alone is every repository.
 */
import { WaybillError } from '../../base/errors.ts';

/** As long as a repository name may be. */
const MAX_PATTERN_LENGTH = 255;
/** Each star may match in many ways; more than a few are no pattern that a person means. */
const MAX_STARS = 8;
const PATTERN = /^(?:[a-z0-9*][a-z0-9._*-]*\/)*(?:[a-z0-9*][a-z0-9._*-]*)$/;

/** @throws WaybillError NAME_INVALID */
export function assertPattern(text: string): void {
  const stars = text.split('*').length - 1;
  const isDoubleInside = /\*\*(?!$)|[^/]\*\*$/.test(text);
  if (text.length <= MAX_PATTERN_LENGTH && stars <= MAX_STARS && PATTERN.test(text) && !isDoubleInside) return;
  throw new WaybillError(
    'NAME_INVALID',
    `Cannot use ${JSON.stringify(text.slice(0, 300))}: it is no pattern of repositories`,
    { hint: 'acme/digits, acme/*, acme/** or ** (all)' },
  );
}

/** Whether a pattern that `assertPattern` accepts covers the name. */
export function matches(pattern: string, name: string): boolean {
  const wanted = pattern.split('/');
  const parts = name.split('/');
  if (wanted.at(-1) === '**') {
    const fixed = wanted.slice(0, -1);
    return parts.length > fixed.length && fixed.every((part, index) => matchesPart(part, parts[index] ?? ''));
  }
  return parts.length === wanted.length && wanted.every((part, index) => matchesPart(part, parts[index] ?? ''));
}

/** `*` stands for any characters; the rest is itself. Also for tags. */
export function matchesPart(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const pieces = pattern.split('*');
  const [first = ''] = pieces;
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  // The leftmost place of each piece is as good as any other: no trying back.
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
