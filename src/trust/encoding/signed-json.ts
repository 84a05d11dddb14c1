/**
 * Reads JSON that was signed. Whoever verifies and whoever reads later must see one value: beside
 * what strict-json.ts refuses, numbers that no double holds and halves of surrogate pairs, which
 * Go, Python and JavaScript each replace by something else.
 */
import { type ErrorCode, WaybillError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';

/** Where a number can be beyond 1.8e308, or half of a pair be written out. */
const SUSPICIOUS = /\d[eE]\+?\d{3}|\d{309}|\\u[dD][89a-fA-F]/;

/** Half of a surrogate pair; with the `u` flag a whole pair is one sign and does not match. */
const HALF_A_PAIR = /[\uD800-\uDFFF]/u;

export type JsonObject = { readonly [member: string]: unknown };

/** @throws WaybillError `code` */
export function parseSignedJson(bytes: Uint8Array, what: string, code: ErrorCode): unknown {
  const value = parseStrictJson(bytes, what, { code });
  const text = Buffer.from(bytes).toString('utf8');
  if (!SUSPICIOUS.test(text)) return value;
  return JSON.parse(text, (key: string, item: unknown) => {
    if (item === Number.POSITIVE_INFINITY || item === Number.NEGATIVE_INFINITY)
      throw new WaybillError(
        code,
        `Cannot read ${what}: it has a number that is too large to be read alike everywhere`,
      );
    if (HALF_A_PAIR.test(key) || (typeof item === 'string' && HALF_A_PAIR.test(item)))
      throw new WaybillError(code, `Cannot read ${what}: it has text with half of a surrogate pair`);
    return item;
  });
}

/**
 * A JSON object that has no member but these.
 * @throws WaybillError `code`; the first unknown member is named
 */
export function objectWith(value: unknown, members: readonly string[], what: string, code: ErrorCode): JsonObject {
  const object = asJsonObject(value, what, code);
  const unknown = Object.keys(object).find((member) => !members.includes(member));
  if (unknown !== undefined)
    throw new WaybillError(
      code,
      `Cannot read ${what}: it has a member ${JSON.stringify(unknown)}, which its specification does not know`,
    );
  return object;
}

/** @throws WaybillError `code` for anything but a JSON object */
export function asJsonObject(value: unknown, what: string, code: ErrorCode): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WaybillError(code, `Cannot read ${what}: it is not a JSON object`);
  return value as JsonObject;
}
