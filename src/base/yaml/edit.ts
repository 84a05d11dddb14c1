/**
 * Changes a few values of a YAML text and leaves every other byte as it is: comments, order, alignment. What a change
 * of the text gives is held to what a change of its tree would give; where they differ, the tree is written out
 * (comments stay, the layout may not).
 */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, type Pair, parseDocument } from 'yaml';

export type At = readonly (string | number)[];

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Takes keys away that stand there; places below each other, or not there, are the caller's bug. */
export function removeKeys(text: string, places: readonly At[]): string {
  if (places.length === 0) return text;
  const document = parseText(text);
  // What stands behind an alias goes with what the alias stands for.
  const own = places.filter((at) => isMap(document.getIn(at.slice(0, -1), true)));
  const edits = own.map((at) => removal(text, document, at));
  for (const at of own) document.deleteIn(at);
  return applied(text, edits, document);
}

/** Puts a number in the place of a scalar that stands there. */
export function setNumber(text: string, at: At, value: number): string {
  const document = parseText(text);
  const node = document.getIn(at, true);
  const range = isScalar(node) ? node.range : undefined;
  document.setIn(at, value);
  return applied(text, [range ? { start: range[0], end: range[1], text: String(value) } : undefined], document);
}

function parseText(text: string): Document {
  return parseDocument(text, { prettyErrors: false, logLevel: 'error' });
}

/** @returns undefined where only the tree can tell what goes */
function removal(text: string, document: Document, at: At): Edit | undefined {
  const map = document.getIn(at.slice(0, -1), true);
  if (!isMap(map)) return undefined;
  const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === at.at(-1));
  const [own, previous, next] = [map.items[index], map.items[index - 1], map.items[index + 1]].map(rangeOf);
  if (own === undefined) return undefined;
  if (map.flow === true) {
    // With the comma behind it, or for the last one before it.
    if (next !== undefined) return { start: own.start, end: next.start, text: '' };
    return { start: previous?.end ?? own.start, end: own.end, text: '' };
  }
  // Whole lines; a key behind a dash shares its line with the dash.
  const start = text.lastIndexOf('\n', own.start) + 1;
  if (text.slice(start, own.start).trim() !== '') return undefined;
  const end = text.indexOf('\n', own.end);
  return { start, end: end < 0 ? text.length : end + 1, text: '' };
}

function rangeOf(pair: Pair | undefined): { readonly start: number; readonly end: number } | undefined {
  if (pair === undefined || !isNode(pair.key) || !isNode(pair.value)) return undefined;
  const [start] = pair.key.range ?? [];
  const [, end] = pair.value.range ?? [];
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** @param document what the result has to mean */
function applied(text: string, edits: readonly (Edit | undefined)[], document: Document): string {
  const wanted: unknown = document.toJS();
  if (!edits.includes(undefined)) {
    const known = edits.filter((edit) => edit !== undefined).sort((a, b) => b.start - a.start);
    const result = known.reduce((whole, { start, end, text }) => whole.slice(0, start) + text + whole.slice(end), text);
    const read = parseText(result);
    if (read.errors.length === 0 && isDeepStrictEqual(read.toJS(), wanted)) return result;
  }
  return document.toString({ lineWidth: 0 });
}
