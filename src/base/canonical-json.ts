/** Canonical JSON, RFC 8785: the one way to write a value, so that its bytes can be hashed. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * The canonical text of a value: no white space, keys sorted by UTF-16 code units (§3.2.3),
 * numbers as ECMAScript prints them (§3.2.2.3). Members that are `undefined` are left out.
 * @throws TypeError for NaN, infinities, lone surrogates and what JSON cannot say
 */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  const members = Object.entries(value)
    .filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => `${quote(key)}:${canonicalJson(item)}`);
  return `{${members.join(',')}}`;
}

function quote(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('JSON text holds a lone surrogate');
  return JSON.stringify(text);
}
