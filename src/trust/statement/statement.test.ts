import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../oci/digest.ts';
import { parseStatement, writeStatement } from './statement.ts';

const digest = digestOf('a manifest');
const hex = digest.slice(7);
const good = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'acme/digits', digest: { sha256: hex } }],
  predicateType: 'https://example.com/check/v1',
  predicate: { result: 'PASSED' },
};
const parse = (value: unknown) => parseStatement(Buffer.from(JSON.stringify(value)));

test('writeStatement and parseStatement agree, whatever the predicate is', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__' && key.isWellFormed()),
        fc.integer(),
      ),
      (predicate) => {
        const statement = parseStatement(
          writeStatement({ name: 'acme/digits', digest }, good.predicateType, predicate),
        );
        expect(statement).toEqual({
          version: 'v1',
          subjects: [{ name: 'acme/digits', digest: { sha256: hex } }],
          predicateType: good.predicateType,
          predicate,
        });
      },
    ),
  );
});

test('writeStatement refuses a type that is no URI', () => {
  expect(() => writeStatement({ name: 'a', digest }, 'slsa provenance', {})).toThrow('predicateType is not a URI');
});

test('parseStatement reads the version that cosign writes, subjects without a name, and no predicate', () => {
  const { predicate: _, ...rest } = good;
  const statement = parse({
    ...rest,
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ uri: 'x', digest: { gitCommit: 'ab12' } }],
  });
  expect(statement).toMatchObject({ version: 'v0.1', subjects: [{ name: undefined }], predicate: {} });
});

test.each<readonly [string, object]>([
  ['an unknown member', { extra: 1 }],
  ['another type', { _type: 'https://in-toto.io/Statement/v2' }],
  ['a type that every object has', { _type: 'constructor' }],
  ['a type that is a number', { _type: 1 }],
  ['no predicate type', { predicateType: undefined }],
  ['a predicate type with a space', { predicateType: 'https://a b' }],
  ['a predicate type without a scheme', { predicateType: 'slsa' }],
  ['a long predicate type', { predicateType: `https://${'a'.repeat(1024)}` }],
  ['a predicate that is a list', { predicate: [] }],
  ['a predicate that is null', { predicate: null }],
  ['no subjects', { subject: [] }],
  ['subjects that are no list', { subject: {} }],
  ['many subjects', { subject: Array(1025).fill(good.subject[0]) }],
  ['a subject with an unknown member', { subject: [{ ...good.subject[0], sha256: hex }] }],
  ['a subject whose name is a number', { subject: [{ ...good.subject[0], name: 1 }] }],
  ['a subject without a digest', { subject: [{ name: 'a' }] }],
  ['a subject with no digest in it', { subject: [{ name: 'a', digest: {} }] }],
  ['an upper-case digest', { subject: [{ digest: { sha256: hex.toUpperCase() } }] }],
  ['a short digest', { subject: [{ digest: { sha256: hex.slice(1) } }] }],
  ['a digest that is a number', { subject: [{ digest: { sha256: 1 } }] }],
])('parseStatement refuses %s', (_, change) => {
  expect(() => parse({ ...good, ...change })).toThrow(expect.objectContaining({ code: 'STATEMENT_INVALID' }));
});
