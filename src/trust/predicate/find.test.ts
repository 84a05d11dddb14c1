import { expect, test } from 'vitest';
import { predicateKinds } from '../predicates/index.ts';
import { predicateKindOf, predicateTypeNamed, readPredicate } from './find.ts';

test('no two kinds share a short name or a type', () => {
  const ids = predicateKinds.map(({ id }) => id);
  const types = predicateKinds.flatMap((kind) => kind.types);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(types).size).toBe(types.length);
});

test.each([
  ['provenance', 'https://slsa.dev/provenance/v1'],
  ['spdx', 'https://spdx.dev/Document'],
  ['https://example.com/said/v1', 'https://example.com/said/v1'],
  ['urn:example:said', 'urn:example:said'],
])('predicateTypeNamed(%j) is %s', (text, type) => {
  expect(predicateTypeNamed(text)).toBe(type);
});

test.each([
  ['provenence', 'Did you mean provenance?'],
  ['zzz', 'Short names: package, '],
  ['with space:x y', 'Short names: '],
])('predicateTypeNamed(%j) is refused, and says %s', (text, hint) => {
  expect(() => predicateTypeNamed(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) }),
  );
});

test('readPredicate() says what a known kind says, what is wrong with it, and nothing of an unknown one', () => {
  const type = 'https://in-toto.io/attestation/test-result/v0.1';
  const good = readPredicate({ predicateType: type, predicate: { result: 'PASSED', configuration: [] } });
  expect(good).toMatchObject({ kind: { id: 'test-result' }, problems: [], summary: 'PASSED', result: 'PASSED' });
  const bad = readPredicate({ predicateType: type, predicate: {} });
  expect(bad.problems.map(({ path }) => path)).toEqual([['result'], ['configuration']]);
  expect(bad.summary).toBeUndefined();
  const unknown = readPredicate({ predicateType: 'https://example.com/said/v1', predicate: { any: 'thing' } });
  expect(unknown).toEqual({ kind: undefined, problems: [] });
  expect(predicateKindOf('https://spdx.dev/Document/v2.3')?.id).toBe('spdx');
});
