import { expect, test } from 'vitest';
import { isTagRule, ruleFor } from '../registry/tag-rules.ts';
import { assertPattern, matches } from './pattern.ts';

test.each([
  ['**', ['a', 'a/b', 'a/b/c'], []],
  ['acme/**', ['acme/a', 'acme/a/b'], ['acme', 'acmes/a', 'x/acme/a']],
  ['acme/*', ['acme/a'], ['acme', 'acme/a/b']],
  ['*/open', ['acme/open'], ['open', 'a/b/open']],
  ['acme/team-*-x', ['acme/team-1-x', 'acme/team-1-x-x'], ['acme/team-x', 'acme/team--', 'acme/team-1-y']],
  ['a*a', ['aa', 'aba'], ['a']],
  ['acme/digits', ['acme/digits'], ['acme/digit', 'acme/digits/x', 'acme']],
])('the pattern %s', (pattern, yes, no) => {
  assertPattern(pattern);
  for (const name of yes) expect(matches(pattern, name), name).toBe(true);
  for (const name of no) expect(matches(pattern, name), name).toBe(false);
});

test('what is no pattern is refused', () => {
  for (const text of [
    '',
    '/',
    'a/',
    '/a',
    'A',
    'a//b',
    '**/a',
    'a**',
    'a/**/b',
    'a/b**',
    '***',
    'a b',
    'a:b',
    '*'.repeat(9),
    'a'.repeat(300),
  ])
    expect(() => assertPattern(text), text).toThrow(/no pattern/);
});

test('a pattern with many stars is no work', () => {
  expect(matches('a*a*a*a*a*a*a*b', 'a'.repeat(255))).toBe(false);
});

test('rules of tags name repositories and tags', () => {
  expect(['**:v*', 'acme/*:*', 'a:1'].every(isTagRule)).toBe(true);
  expect(['v*', '**', ':v', '**:', '**:v:1', '**:v 1', 'A:1', `**:${'*'.repeat(10)}`].some(isTagRule)).toBe(false);
  const rules = ['acme/*:v*', '**:release'];
  expect(ruleFor(rules, 'acme/x', 'v1.0')).toBe('acme/*:v*');
  expect(ruleFor(rules, 'other/y/z', 'release')).toBe('**:release');
  expect(ruleFor(rules, 'other/x', 'v1.0')).toBeUndefined();
});
