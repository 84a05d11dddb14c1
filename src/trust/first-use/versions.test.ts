import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions } from './versions.ts';

test('compareVersions() orders versions as SemVer does', () => {
  // SemVer 2.0.0 §11, and numbers that no double holds.
  const order = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '2.0.0',
    '2.1.0',
    '2.1.1',
    '2.1.90071992547409920',
    '2.1.90071992547409921',
  ];
  for (const [low, a] of order.entries())
    for (const [high, b] of order.entries())
      expect([a, b, Math.sign(compareVersions(a, b) ?? Number.NaN)]).toEqual([a, b, Math.sign(low - high)]);
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

test('compareVersions() cannot tell of what is no version', () => {
  for (const text of [undefined, '', '1', '1.2', 'v1.2.3', '1.2.3-', 'latest'])
    expect(compareVersions(text, '1.0.0')).toBeUndefined();
  for (const text of [undefined, 'latest']) expect(compareVersions('1.0.0', text)).toBeUndefined();
});

test('compareVersions() is an order', () => {
  const part = fc.constantFrom('0', '1', '10', 'a', 'b', '1a');
  const version = fc
    .tuple(fc.nat(2), fc.nat(2), fc.array(part, { maxLength: 3 }))
    .map(([major, minor, pre]) => `${major}.${minor}.0${pre.length === 0 ? '' : `-${pre.join('.')}`}`);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      const compare = (x: string, y: string) => Math.sign(compareVersions(x, y) ?? Number.NaN);
      expect(compare(a, b) + compare(b, a)).toBe(0);
      if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
