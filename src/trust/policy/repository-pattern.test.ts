import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fits, isRepositoryPattern, mostSpecific } from './repository-pattern.ts';

const asked = (text: string) => {
  const [, host, repository = text] = /^([^/]*[.:][^/]*)\/(.*)$/.exec(text) ?? [];
  return { host, repository };
};

test.each<readonly [string, readonly string[], readonly string[]]>([
  [
    'acme/digits',
    ['acme/digits', 'registry.example/acme/digits'],
    ['acme/digits2', 'acme/digits/x', 'digits', 'x/acme/digits'],
  ],
  ['acme/*', ['acme/digits', 'r.example/acme/x'], ['acme', 'acme/a/b', 'other/digits']],
  ['acme/**', ['acme/digits', 'acme/a/b', 'r.example/acme/a/b/c'], ['acme', 'other/a']],
  ['*/digits', ['acme/digits'], ['digits', 'a/b/digits']],
  ['**', ['a', 'a/b', 'r.example/a'], []],
  [
    'registry.example/acme/**',
    ['registry.example/acme/a', 'Registry.Example/acme/a'],
    ['acme/a', 'other.example/acme/a'],
  ],
  ['localhost:5000/*', ['localhost:5000/a'], ['localhost:5001/a', 'a']],
])('the pattern %s fits these and no others', (pattern, good, bad) => {
  expect(isRepositoryPattern(pattern)).toBe(true);
  for (const text of good) expect([text, fits(pattern, asked(text))]).toEqual([text, true]);
  for (const text of bad) expect([text, fits(pattern, asked(text))]).toEqual([text, false]);
});

test.each([
  '',
  '/',
  'acme/',
  '/acme',
  'acme/**/x',
  'acme/d*',
  '***',
  'Acme/digits',
  'acme/../x',
  'a b',
  'acme/digits:1',
  'REGISTRY.example/a',
  'x'.repeat(256),
])('isRepositoryPattern() refuses %j', (text) => {
  expect(isRepositoryPattern(text)).toBe(false);
});

test('mostSpecific() prefers a host to none, a literal part to *, * to **, from the left', () => {
  const order = [
    'r.example/acme/digits',
    'r.example/acme/*',
    'r.example/*/digits',
    'r.example/**',
    'acme/digits',
    'acme/*',
    'acme/**',
    '*/digits',
    '*/*',
    '*/**',
    '**',
  ];
  for (let from = 0; from < order.length; from++) {
    const rules = order.slice(from).map((match) => ({ match }));
    for (const list of [rules, rules.toReversed()])
      expect(mostSpecific(list, { host: 'r.example', repository: 'acme/digits' })?.match).toBe(order[from]);
  }
  expect(mostSpecific([{ match: 'acme/x' }], { host: undefined, repository: 'acme/digits' })).toBeUndefined();
});

test('mostSpecific() names one rule, in whatever order they stand', () => {
  const part = fc.constantFrom('a', 'b', '*');
  const pattern = fc
    .tuple(fc.constantFrom('', 'r.example/'), fc.array(part, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([host, parts, isOpen]) => host + (isOpen ? [...parts, '**'] : parts).join('/'));
  fc.assert(
    fc.property(
      fc.uniqueArray(pattern, { minLength: 1, maxLength: 8 }),
      fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }),
      (patterns, parts) => {
        const repository = { host: 'r.example', repository: parts.join('/') };
        const rules = patterns.map((match) => ({ match }));
        expect(mostSpecific(rules, repository)?.match).toBe(mostSpecific(rules.toReversed(), repository)?.match);
      },
    ),
  );
});
