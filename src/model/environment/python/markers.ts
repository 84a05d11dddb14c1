/**
 * Markers: when a requirement counts, as `python_version < "3.13"`. "Dependency specifiers" of packaging.python.org, from
 * PEP 508, with the sets of PEP 751. What is not known of an environment makes the answer unknown, never false.
 */
import { invalidRequirement } from './invalid.ts';
import { normalizeName } from './name.ts';
import { contains, parseSpecifiers, readSpecifier } from './specifiers.ts';

type Operand = { readonly variable: string } | { readonly text: string };

export type Marker =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Marker[] }
  | { readonly kind: 'comparison'; readonly left: Operand; readonly operator: string; readonly right: Operand };

/** Values of variables; one that is absent is not known. */
export type MarkerEnvironment = Readonly<Record<string, string | ReadonlySet<string> | undefined>>;

/** CPython's own parser takes as many parentheses. */
const MAX_MARKER_DEPTH = 200;

/** Whose values are compared as versions, where both sides are. */
const VERSIONS = new Set(['implementation_version', 'platform_release', 'python_full_version', 'python_version']);
/** Those of PEP 345 and of setuptools stand for the ones of today. */
const OTHER_NAMES: Readonly<Record<string, string>> = { python_implementation: 'platform_python_implementation' };
const VARIABLE =
  /\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;

/** @throws WaybillError REQUIREMENT_INVALID */
export function parseMarker(text: string): Marker {
  const reader = new MarkerReader(text, 0);
  const marker = reader.any(0);
  reader.end();
  return marker;
}

/**
 * Reads a marker that stands at the end of another text.
 * @throws WaybillError REQUIREMENT_INVALID
 */
export function parseMarkerAt(source: string, start: number): Marker {
  const reader = new MarkerReader(source, start);
  const marker = reader.any(0);
  reader.end();
  return marker;
}

/** @returns undefined where it depends on what is not known, or compares what cannot be compared */
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment): boolean | undefined {
  if (marker.kind === 'comparison') return compareOperands(marker, environment);
  const results = marker.parts.map((part) => evaluateMarker(part, environment));
  // One false decides "and", one true decides "or".
  const deciding = marker.kind === 'or';
  if (results.includes(deciding)) return deciding;
  return results.includes(undefined) ? undefined : !deciding;
}

function compareOperands(
  { left, operator, right }: Extract<Marker, { kind: 'comparison' }>,
  environment: MarkerEnvironment,
): boolean | undefined {
  const isFlipped = !('variable' in left);
  const name = 'variable' in left ? left.variable : 'variable' in right ? right.variable : undefined;
  const text = 'text' in left ? left.text : 'text' in right ? right.text : undefined;
  if (name === undefined || text === undefined) return undefined;
  const value = environment[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return compareSet(name, { value, operator, text, isFlipped });
  if (name === 'extra')
    return compareTexts(normalizeName(isFlipped ? text : value), operator, normalizeName(isFlipped ? value : text));
  // A set was asked for, and this is none.
  if (name === 'extras' || name === 'dependency_groups') return undefined;
  const [before, after] = isFlipped ? [text, value] : [value, text];
  const range = VERSIONS.has(name) ? `${operator}${after}` : '';
  if (range !== '' && readSpecifier(range) !== undefined) return contains(parseSpecifiers(range), before);
  return compareTexts(before, operator, after);
}

function compareSet(
  name: string,
  {
    value,
    operator,
    text,
    isFlipped,
  }: { value: ReadonlySet<string>; operator: string; text: string; isFlipped: boolean },
): boolean | undefined {
  const has = [...value].some((one) => normalizeName(one) === normalizeName(text));
  if (name === 'extra') {
    const isIn = has || (value.size === 0 && text === '');
    return operator === '==' ? isIn : operator === '!=' ? !isIn : undefined;
  }
  if (!isFlipped) return undefined;
  return operator === 'in' ? has : operator === 'not in' ? !has : undefined;
}

function compareTexts(before: string, operator: string, after: string): boolean | undefined {
  switch (operator) {
    case '==':
    case '<=':
    case '>=':
      return before === after;
    case '!=':
      return before !== after;
    case '<':
    case '>':
      return false;
    case 'in':
      return after.includes(before);
    case 'not in':
      return !after.includes(before);
    default:
      return undefined;
  }
}

class MarkerReader {
  readonly #source: string;
  #at: number;

  constructor(source: string, start: number) {
    this.#source = source;
    this.#at = start;
  }

  any(depth: number): Marker {
    const parts = [this.#all(depth)];
    while (this.#take(/or\b/y) !== undefined) parts.push(this.#all(depth));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'or', parts };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#source.length) throw this.#refuse('"and", "or" or the end of the marker');
  }

  #all(depth: number): Marker {
    const parts = [this.#atom(depth)];
    while (this.#take(/and\b/y) !== undefined) parts.push(this.#atom(depth));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'and', parts };
  }

  #atom(depth: number): Marker {
    this.#space();
    if (this.#take(/\(/y) === undefined) return this.#comparison();
    if (depth >= MAX_MARKER_DEPTH) throw this.#refuse(`at most ${MAX_MARKER_DEPTH} parentheses in each other`);
    const marker = this.any(depth + 1);
    this.#space();
    if (this.#take(/\)/y) === undefined) throw this.#refuse('a closing parenthesis');
    this.#space();
    return marker;
  }

  #comparison(): Marker {
    const left = this.#operand();
    this.#space();
    const operator = this.#operator();
    this.#space();
    const right = this.#operand();
    this.#space();
    return { kind: 'comparison', left, operator, right };
  }

  #operand(): Operand {
    const variable = this.#take(VARIABLE);
    if (variable !== undefined) {
      const name = variable.replace('.', '_');
      return { variable: OTHER_NAMES[name] ?? name };
    }
    const quoted = this.#take(/'[^'\n\r]*'|"[^"\n\r]*"/y);
    if (quoted === undefined) throw this.#refuse('a variable of markers or a text in quotes');
    // Nothing that a version, a platform or a name can have: other readers take it for an escape.
    if (quoted.includes('\\')) throw this.#refuse('a text in quotes without backslashes');
    return { text: quoted.slice(1, -1) };
  }

  #operator(): string {
    const operator = this.#take(/in\b|not[ \t]+in\b|===|==|~=|!=|<=|>=|<|>/y);
    if (operator === undefined) throw this.#refuse('an operator (==, !=, <, <=, >, >=, ~=, in, not in)');
    return operator.startsWith('not') ? 'not in' : operator;
  }

  #space(): void {
    this.#take(/[ \t]+/y);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0];
    this.#at += text?.length ?? 0;
    return text;
  }

  #refuse(expected: string): Error {
    return invalidRequirement(this.#source, this.#at, expected);
  }
}
