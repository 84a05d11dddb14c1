/** Requirements: a distribution, its extras, a range or an address, a marker. "Dependency specifiers" of packaging.python.org, from PEP 508. */
import { invalidRequirement } from './invalid.ts';
import { type Marker, parseMarkerAt } from './markers.ts';
import { normalizeName } from './name.ts';
import { parseSpecifiers, type Specifiers } from './specifiers.ts';

export interface Requirement {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: Specifiers;
  /** Where it is taken from, if not by name. */
  readonly url?: string;
  readonly marker?: Marker;
}

/** A name, extras, a dozen ranges and a marker have some 300 characters; addresses add as much. */
const MAX_REQUIREMENT_LENGTH = 16_384;

const IDENTIFIER = /[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?(?![\w.-])/y;
const SPACE = /[ \t]*/y;

/** @throws WaybillError REQUIREMENT_INVALID */
export function parseRequirement(text: string): Requirement {
  if (text.length > MAX_REQUIREMENT_LENGTH)
    throw invalidRequirement(text, MAX_REQUIREMENT_LENGTH, `at most ${MAX_REQUIREMENT_LENGTH} characters`);
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const refuse = (expected: string) => invalidRequirement(text, at, expected);

  take(SPACE);
  const name = take(IDENTIFIER);
  if (name === undefined) throw refuse('the name of a package');
  take(SPACE);
  const extras: string[] = [];
  if (take(/\[/y) !== undefined) {
    take(SPACE);
    for (let extra = take(IDENTIFIER); extra !== undefined; ) {
      extras.push(normalizeName(extra));
      take(SPACE);
      if (take(/,/y) === undefined) break;
      take(SPACE);
      extra = take(IDENTIFIER);
      if (extra === undefined) throw refuse('the name of an extra');
    }
    if (take(/\]/y) === undefined) throw refuse('a comma or ] behind an extra');
    take(SPACE);
  }
  const common = { name: normalizeName(name), extras };
  if (take(/@/y) !== undefined) {
    take(SPACE);
    const url = take(/\S+/y);
    if (url === undefined) throw refuse('an address behind @');
    const gap = take(SPACE);
    if (at === text.length) return { ...common, specifiers: parseSpecifiers(''), url };
    if (gap === '' || take(/;/y) === undefined) throw refuse('a space and ; behind the address, or the end');
    return { ...common, specifiers: parseSpecifiers(''), url, marker: parseMarkerAt(text, at) };
  }
  const isBracketed = take(/\(/y) !== undefined;
  const start = at;
  const range = take(isBracketed ? /[^;)\n\r]*/y : /[^;()\n\r]*/y) ?? '';
  const specifiers = parseSpecifiers(range, { source: text, start });
  if (isBracketed && take(/\)/y) === undefined) throw refuse('a closing parenthesis');
  take(SPACE);
  if (at === text.length) return { ...common, specifiers };
  if (take(/;/y) === undefined) throw refuse('; or the end');
  return { ...common, specifiers, marker: parseMarkerAt(text, at) };
}
