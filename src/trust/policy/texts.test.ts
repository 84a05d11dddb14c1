import { expect, test } from 'vitest';
import { instantOf, millisecondsOf } from './texts.ts';

test('instantOf() takes a date for its first instant, or its last', () => {
  expect(instantOf('2026-03-01')).toBe(Date.UTC(2026, 2, 1));
  expect(instantOf('2026-03-01', { isEnd: true })).toBe(Date.UTC(2026, 2, 2) - 1);
  expect(instantOf('2026-03-01T12:00:00Z', { isEnd: true })).toBe(Date.UTC(2026, 2, 1, 12));
});

test.each([
  '',
  '2026',
  '2026-13-01',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2026-03-01T12:00:00',
  '2026-03-01T12:00:00+01:00',
  '2026-03-01T24:00:00Z',
  ' 2026-03-01',
])('instantOf() refuses %j', (text) => {
  expect(instantOf(text)).toBeUndefined();
});

test('millisecondsOf() reads minutes, hours and days', () => {
  expect(['30m', '12h', '7d'].map(millisecondsOf)).toEqual([1_800_000, 43_200_000, 604_800_000]);
});
