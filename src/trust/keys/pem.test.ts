import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { readPem, toPem } from './pem.ts';

test('readPem reads what toPem writes, with other text around it', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 4 }), (contents) => {
      const text = contents.map((der) => `Subject: text of certtool\n${toPem('SOME THING', der)}`).join('\n');
      expect(readPem(text, 'f')).toEqual(contents.map((der) => ({ label: 'SOME THING', der: Buffer.from(der) })));
      expect(readPem(text.replaceAll('\n', '\r\n'), 'f')).toHaveLength(contents.length);
    }),
  );
});

test.each([
  ['a block without end', '-----BEGIN X Y-----\nAAAA\n', 'its block X Y has no end'],
  ['a block with another end', '-----BEGIN XX-----\nAAAA\n-----END YY-----\n', 'its block XX has no end'],
  ['an empty block', '-----BEGIN XX-----\n-----END XX-----\n', 'is not base64'],
  ['junk in a block', '-----BEGIN XX-----\nAA*AA\n-----END XX-----\n', 'is not base64'],
  ['stray bits', '-----BEGIN XX-----\nAAB=\n-----END XX-----\n', 'is not base64'],
  ['headers in a block', '-----BEGIN XX-----\nProc-Type: 4,X\n\nAAAA\n-----END XX-----\n', 'is not base64'],
  ['a long file', 'x'.repeat(300_000), 'larger than'],
])('readPem refuses %s', (_, text, found) => {
  expect(() => readPem(text, 'f')).toThrow(found);
});

test('readPem takes any text for blocks or refuses it', () => {
  const piece = fc.constantFrom(
    '-----BEGIN XX-----',
    '-----END XX-----',
    '-----END YY-----',
    'AAAA',
    '\n',
    '\r',
    '=',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      try {
        readPem(pieces.join(''), 'f');
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
      }
    }),
  );
});
