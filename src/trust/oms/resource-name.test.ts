import { expect, test } from 'vitest';
import { refusalOfName } from './resource-name.ts';

test('refusalOfName() refuses what two readers could take for two files', () => {
  const bad = ['', 'a\nb', 'a\0', '\ud800', 'a\\b', '/a', 'C:\\a', 'c:a', 'a//b', 'a/', './a', 'a/./b', '../a', 'a/..'];
  for (const name of bad) expect(refusalOfName(name), JSON.stringify(name)).toBeDefined();
  expect(refusalOfName('é'.repeat(2_049))).toMatch(/4096/);
  for (const name of ['a', 'a/b.c', '.hidden', '..a', 'ab:c', 'ü/\u{1f600}', ' '])
    expect(refusalOfName(name)).toBe(undefined);
});
