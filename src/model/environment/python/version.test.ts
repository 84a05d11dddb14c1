import { expect, test } from 'vitest';
import { compareVersions, formatVersion, isPreRelease, parseVersion, readVersion } from './version.ts';

/** Each comes before the next. "Version specifiers", summary of permitted suffixes and relative ordering. */
const ORDERED = [
  '1.dev0',
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0b2.post345.dev456',
  '1.0b2.post345',
  '1.0rc1.dev456',
  '1.0rc1',
  '1.0',
  '1.0+abc.5',
  '1.0+abc.7',
  '1.0+5',
  '1.0.post456.dev34',
  '1.0.post456',
  '1.0.15',
  '1.1.dev1',
  '1.10',
  '20260101',
  '99999999999999999999999',
  '1!0.1',
];

test('compareVersions() has the order of the specification', () => {
  for (const [at, a] of ORDERED.entries())
    for (const [to, b] of ORDERED.entries())
      expect(Math.sign(compareVersions(parseVersion(a), parseVersion(b))), `${a} ${b}`).toBe(Math.sign(at - to));
});

test.each([
  ['1.0', '1.0.0'],
  ['v1.0-1', '1.post1'],
  ['1.0ALPHA', '1.0a0'],
  ['1.0.pre_3', '1.0c3'],
  ['1.0+ubuntu-1', '1.0+ubuntu.1'],
  [' 1.0rev2 ', '1.0-post2'],
])('compareVersions() says that %s is %s', (a, b) => {
  expect(compareVersions(parseVersion(a), parseVersion(b))).toBe(0);
});

test('formatVersion() writes a version in the one way', () => {
  expect(formatVersion(parseVersion('V1!2.0-ALPHA-3-4.DEV+Local_1'))).toBe('1!2.0a3.post4.dev0+local.1');
});

test('isPreRelease() knows development releases as such', () => {
  expect(['1.0', '1.0.post1', '1.0rc1', '1.0.dev1'].map((text) => isPreRelease(parseVersion(text)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test.each(['', 'latest', '1.', '.1', '1..2', '1.0+', '1.0+é', '１.0', '1.0 2', `1.${'0'.repeat(2000)}`])(
  'readVersion() refuses %j',
  (text) => {
    expect(readVersion(text)).toBeUndefined();
    expect(() => parseVersion(text)).toThrow(/^Cannot read .*: expected a version/);
  },
);
