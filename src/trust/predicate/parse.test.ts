import { expect, test } from 'vitest';
import { thrownBy } from '../../../test/_support/refusal.ts';
import { predicateTypes } from '../predicate-types.ts';
import { MAX_PREDICATE_SIZE, parsePredicate } from './parse.ts';

const parse = (text: string, type: string = predicateTypes.testResult) =>
  parsePredicate(Buffer.from(text), type, 'it.json');
const refusal = (text: string, type?: string) => thrownBy(() => parse(text, type));

test('parsePredicate() gives the object and what it says', () => {
  expect(parse('{"result":"PASSED","configuration":[]}')).toMatchObject({
    predicate: { result: 'PASSED', configuration: [] },
    result: 'PASSED',
    summary: 'PASSED',
  });
  expect(parse('{"any":["thing",1.5e3,9007199254740991,null]}', 'https://example.com/x')).toMatchObject({
    predicate: { any: ['thing', 1500, 9007199254740991, null] },
    kind: undefined,
  });
});

test('parsePredicate() says in which line and column what is wrong stands', () => {
  const error = refusal('{\n  "result": "OK",\n  "configuration": [],\n  "passedTests": [7]\n}');
  expect(error).toMatchObject({
    code: 'PREDICATE_INVALID',
    message: 'Cannot use it.json as in-toto test result 0.1: it has 2 problems',
    problems: [
      { file: 'it.json', line: 2, column: 13, source: '  "result": "OK",' },
      { file: 'it.json', line: 4, column: 19, message: 'passedTests.0: expected text, found 7 (write it in quotes)' },
    ],
  });
});

test('parsePredicate() does not repeat a line that is a whole document', () => {
  const [problem] = refusal(`{"result":"OK","configuration":[],"url":"${'x'.repeat(2_000)}"}`).problems;
  expect(problem).toMatchObject({ line: 1, column: 11 });
  expect(problem?.source).toBeUndefined();
});

test('parsePredicate() places what is wrong with the whole at its beginning', () => {
  const error = refusal('{}', predicateTypes.gateFailed);
  expect(error.message).toBe('Cannot use it.json as a gate that said no: it has one problem');
  expect(error.problems).toMatchObject([
    { line: 1, column: 1, message: 'expected verificationResult or result to be FAILED, found {}' },
  ]);
});

test.each([
  ['no JSON', 'x'],
  ['a list', '[]'],
  ['text', '"x"'],
  ['one key twice', '{"a":1,"a":2}'],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')],
  ['half of a surrogate pair', '{"a":"\\ud800"}'],
  ['a number beyond doubles', '{"a":1e400}'],
])('parsePredicate() refuses %s', (_, text) => {
  const bytes = Buffer.from(text, 'latin1');
  expect(thrownBy(() => parsePredicate(bytes, 'https://example.com/x', 'it.json')).code).toBe('PREDICATE_INVALID');
});

test('parsePredicate() refuses whole numbers that would be signed as others', () => {
  const error = refusal('{"a": {"b": [1, 12345678901234567890]}}', 'https://example.com/x');
  const message = 'a.b.1: 12345678901234567890 is a number that programs round; write it as text';
  expect(error.problems).toMatchObject([{ line: 1, column: 17, message }]);
});

test('parsePredicate() refuses more than fits into a bundle', () => {
  const large = Buffer.alloc(MAX_PREDICATE_SIZE + 1, ' ');
  expect(thrownBy(() => parsePredicate(large, 'https://example.com/x', 'it.json')).code).toBe('LIMIT_EXCEEDED');
});

test('parsePredicate() refuses a result that is no under the type of a yes, and names the other type', () => {
  const failed = '{"result":"FAILED","configuration":[]}';
  const error = refusal(failed);
  expect(error.message).toContain('its result is FAILED');
  expect(error.hint).toContain(predicateTypes.gateFailed);
  expect(parse(failed, predicateTypes.gateFailed).result).toBe('FAILED');
});

test('parsePredicate() refuses what has another subject than an artifact', () => {
  expect(refusal('{"resources":[]}', predicateTypes.modelSignature).message).toContain('is about files');
});
