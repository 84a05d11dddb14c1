/** Where a value stands in a JSON text, so that what is wrong with it can be shown in the file it came from. */

export interface JsonPlace {
  /** Counted from 1. */
  readonly line: number;
  /** In UTF-16 code units, counted from 1. */
  readonly column: number;
  /** The line itself, without its end. */
  readonly source: string;
}

/**
 * The place of the value that a path leads to, or of the last value on the way that is there.
 * @param text must be JSON
 */
export function jsonPlace(text: string, path: readonly (string | number)[]): JsonPlace {
  let at = skipSpace(text, 0);
  for (const part of path) {
    const next = text[at] === '{' ? memberAt(text, at, part) : text[at] === '[' ? itemAt(text, at, part) : undefined;
    if (next === undefined) break;
    at = next;
  }
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return {
    line: text.slice(0, start).split('\n').length,
    column: at - start + 1,
    source: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, ''),
  };
}

function memberAt(text: string, object: number, name: string | number): number | undefined {
  for (let at = skipSpace(text, object + 1); text[at] === '"'; ) {
    const keyEnd = skipString(text, at);
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (JSON.parse(text.slice(at, keyEnd)) === name) return value;
    at = skipComma(text, skipValue(text, value));
  }
  return undefined;
}

function itemAt(text: string, list: number, index: string | number): number | undefined {
  let at = skipSpace(text, list + 1);
  for (let count = 0; text[at] !== ']'; count++) {
    if (count === index) return at;
    at = skipComma(text, skipValue(text, at));
  }
  return undefined;
}

/** The index behind a value. */
function skipValue(text: string, start: number): number {
  let at = start;
  let depth = 0;
  do {
    const sign = text[at] ?? '';
    if (sign === '"') at = skipString(text, at);
    else if (/[[{\]},:\s]/.test(sign)) {
      depth += '[{'.includes(sign) ? 1 : ']}'.includes(sign) ? -1 : 0;
      at += 1;
    } else while (/[^,\]}\s]/.test(text[at] ?? ',')) at += 1;
  } while (depth > 0);
  return at;
}

function skipString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (/[ \t\n\r]/.test(text[at] ?? '')) at += 1;
  return at;
}

function skipComma(text: string, start: number): number {
  const at = skipSpace(text, start);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}
