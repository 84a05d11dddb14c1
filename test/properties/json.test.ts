/** parseStrictJson() against JSON.parse, and canonicalJson() against itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../../src/base/canonical-json.ts';
import { parseStrictJson } from '../../src/base/strict-json.ts';
import { anyDamage, anyText, damaged, resultOf, runs } from '../_support/properties.ts';

const parse = (text: string | Uint8Array) => parseStrictJson(Buffer.from(text), 'it');

test('parseStrictJson() gives what JSON.parse gives for whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const result = resultOf(() => parse(text), ['MANIFEST_INVALID']);
      if ('value' in result) expect(result.value).toEqual(JSON.parse(text));
      // Only these two does JSON.stringify write that could be read in two ways.
      else expect(/"__proto__"|\\ud[89a-f]/i.test(text)).toBe(true);
    }),
    runs(2_000),
  );
});

test('parseStrictJson() accepts no text that JSON.parse refuses, and understands no other value', () => {
  const almost = fc.tuple(fc.json(), anyDamage).map(([text, damage]) => damaged(Buffer.from(text), damage));
  fc.assert(
    fc.property(
      fc.oneof(
        anyText.map((text) => Buffer.from(text)),
        almost,
      ),
      (bytes) => {
        const result = resultOf(() => parse(bytes), ['MANIFEST_INVALID']);
        if ('value' in result) expect(result.value).toEqual(JSON.parse(bytes.toString('utf8')));
      },
    ),
    runs(5_000),
  );
});

/** A key as JSON text, some of its letters escaped. */
const spelled = (key: string, isEscaped: readonly boolean[]) =>
  `"${[...key].map((sign, at) => (isEscaped[at] ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}` : sign)).join('')}"`;

test('parseStrictJson() refuses a key that stands twice, however deep and however it is spelled', () => {
  const key = fc.string({ unit: fc.constantFrom(...'abc ,:{}[]'), maxLength: 5 });
  const escapes = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
  const wrap = fc.array(fc.constantFrom(['[', ']'], ['{"x":', '}'], ['[1,{"y":', '},2]']), { maxLength: 10 });
  fc.assert(
    fc.property(
      key,
      escapes,
      escapes,
      fc.array(fc.json(), { minLength: 2, maxLength: 3 }),
      wrap,
      (name, one, two, values, around) => {
        const [first = '0', last = '0', between = '0'] = values;
        const inner = `{${spelled(name, one)}:${first},"between":${between}, ${spelled(name, two)} :${last}}`;
        const text = around.reduce((text, [before, after]) => `${before}${text}${after}`, inner);
        JSON.parse(text);
        expect('value' in resultOf(() => parse(text), ['MANIFEST_INVALID'])).toBe(false);
      },
    ),
    runs(1_500),
  );
});

test('parseStrictJson() refuses what nests deeper than 64 levels, and nothing for that alone above', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 130 }),
      fc.array(fc.boolean(), { minLength: 130, maxLength: 130 }),
      (depth, kinds) => {
        let text = '0';
        for (const isList of kinds.slice(0, depth)) text = isList ? `[${text}]` : `{"a":${text}}`;
        expect('value' in resultOf(() => parse(text), ['MANIFEST_INVALID'])).toBe(depth <= 64);
      },
    ),
    runs(300),
  );
});

/** A JSON value without what JSON cannot say canonically. */
const sayable = fc
  .jsonValue({ maxDepth: 6 })
  .filter(
    (value) =>
      JSON.stringify(value) === JSON.stringify(value).toWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value)),
  );

/** The same value, its members in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

test('canonicalJson() says a value as one text, whatever the order of its members, and the text says the value', () => {
  fc.assert(
    fc.property(sayable, (value) => {
      const text = canonicalJson(value as JsonValue);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(shuffled(value) as JsonValue)).toBe(text);
    }),
    runs(2_000),
  );
});

test('canonicalJson() sorts keys by UTF-16 code units and writes no white space between them', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' }).filter((key) => key.isWellFormed())), (keys) => {
      const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
      const expected = [...keys].sort().map((key) => `${JSON.stringify(key)}:0`);
      expect(text).toBe(`{${expected.join()}}`);
    }),
    runs(1_000),
  );
});

test('canonicalJson() refuses what JSON has no text for', () => {
  const unsayable = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 'a\udc00b');
  fc.assert(
    fc.property(unsayable, fc.array(fc.boolean(), { maxLength: 5 }), (value, nesting) => {
      let nested: unknown = value;
      for (const isList of nesting) nested = isList ? [nested] : { a: nested };
      expect(() => canonicalJson(nested as JsonValue)).toThrow(TypeError);
    }),
    runs(200),
  );
});
