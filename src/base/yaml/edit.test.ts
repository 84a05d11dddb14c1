import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { removeKeys, setNumber } from './edit.ts';

test.each([
  ['in the middle of a line', 'a: { x: 1, gone: 2, y: 3 } # why\n', 'a: { x: 1, y: 3 } # why\n'],
  ['at the end of a line', 'a: { x:   1, gone: 2 }\n', 'a: { x:   1 }\n'],
  ['alone in its braces', 'a: { gone: 2 }\nb:   3\n', 'a: {  }\nb:   3\n'],
  [
    'on a line of its own',
    'a:\n  x: 1   # one\n  gone: 2 # two\n  # three\n  y: 3\n',
    'a:\n  x: 1   # one\n  # three\n  y: 3\n',
  ],
  ['on the last line, without an end', 'a:\n  x: 1\n  gone: 2', 'a:\n  x: 1\n'],
  ['on a line that ends as in Windows', 'a:\r\n  gone: 2\r\n  x: 1\r\n', 'a:\r\n  x: 1\r\n'],
])('removeKeys() takes a key away that stands %s', (_, text, expected) => {
  expect(removeKeys(text, [['a', 'gone']])).toBe(expected);
});

test('removeKeys() keeps comments where only the tree can tell what goes', () => {
  const text = 'list:\n  - gone: 2 # two\n    # before x\n    x: 1\n';
  const result = removeKeys(text, [['list', 0, 'gone']]);
  expect(parse(result)).toEqual({ list: [{ x: 1 }] });
  expect(result).toContain('# before x');
});

test('removeKeys() takes several away at once', () => {
  const text = 'list: [{ gone: 1, x: 1 }, { x: 2, gone: 1 },   { gone: 3 }] # kept\n';
  const places = [0, 1, 2].map((index) => ['list', index, 'gone'] as const);
  expect(removeKeys(text, places)).toBe('list: [{ x: 1 }, { x: 2 },   {  }] # kept\n');
  expect(removeKeys(text, [])).toBe(text);
});

test('removeKeys() takes away what an alias stands for, once', () => {
  const text = 'list: [&one { gone: 1, x: 1 }, *one] # kept\n';
  const places = [0, 1].map((index) => ['list', index, 'gone'] as const);
  expect(removeKeys(text, places)).toBe('list: [&one { x: 1 }, *one] # kept\n');
});

test('setNumber() changes the number alone', () => {
  expect(setNumber('# a\nwaybill:   1 # first\nname: x\n', ['waybill'], 1.1)).toBe(
    '# a\nwaybill:   1.1 # first\nname: x\n',
  );
  expect(setNumber('{"waybill": 1.0, "name": "x"}', ['waybill'], 1.1)).toBe('{"waybill": 1.1, "name": "x"}');
});
