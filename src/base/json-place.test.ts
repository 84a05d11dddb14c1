import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/_support/properties.ts';
import { jsonPlace } from './json-place.ts';

const text = `{
  "a": [1, -2.5e3, "}],\\"", { "b": null }],
  "c\\u0064": {"e": true, "f" : [ ] }
}`;

test.each<[readonly (string | number)[], number, number]>([
  [[], 1, 1],
  [['a'], 2, 8],
  [['a', 0], 2, 9],
  [['a', 1], 2, 12],
  [['a', 2], 2, 20],
  [['a', 3, 'b'], 2, 36],
  [['cd', 'e'], 3, 20],
  [['cd', 'f'], 3, 32],
  [['a', 4], 2, 8],
  [['a', 'b'], 2, 8],
  [['a', 0, 'x'], 2, 9],
  [['zz', 'y'], 1, 1],
  [['cd', 'f', 0], 3, 32],
])('jsonPlace() of %j is %i:%i', (path, line, column) => {
  const place = jsonPlace(text, path);
  expect([place.line, place.column]).toEqual([line, column]);
  expect(place.source).toBe(text.split('\n')[line - 1]);
});

test('jsonPlace() shows a line without its end, whatever the end is', () => {
  expect(jsonPlace('{\r\n "a": 1\r\n}', ['a'])).toEqual({ line: 2, column: 7, source: ' "a": 1' });
});

test('jsonPlace() finds every value where JSON.parse finds it', () => {
  const parsedAt = (whole: string, { line, column }: { line: number; column: number }) => {
    const offset =
      whole
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length +
      (line > 1 ? 1 : 0) +
      column -
      1;
    // The value is the longest beginning that is JSON, cut at what stands behind it.
    for (let end = whole.length; end > offset; end--) {
      try {
        return JSON.parse(whole.slice(offset, end)) as unknown;
      } catch {}
    }
    throw new Error(`no value at ${line}:${column}`);
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const whole = JSON.stringify(value, null, indent);
      const visit = (part: unknown, path: (string | number)[]): void => {
        expect(parsedAt(whole, jsonPlace(whole, path))).toEqual(JSON.parse(JSON.stringify(part)));
        if (typeof part !== 'object' || part === null) return;
        for (const [key, item] of Object.entries(part)) visit(item, [...path, Array.isArray(part) ? Number(key) : key]);
      };
      visit(JSON.parse(whole), []);
    }),
    runs(300),
  );
});
