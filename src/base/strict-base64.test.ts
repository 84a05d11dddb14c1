import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64 } from './strict-base64.ts';

const decode = (text: string) => decodeBase64(text, 'the value', 'BUNDLE_INVALID');

test('decodeBase64 reads what Buffer writes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decode(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('decodeBase64: one text for one value', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 24 }), (text) => {
      let bytes: Buffer;
      try {
        bytes = decode(text);
      } catch {
        return;
      }
      expect(bytes.toString('base64')).toBe(text);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  'aGVs*bG8=',
  'aGVsbG8',
  'aGVsbG8=\n',
  ' aGVsbG8=',
  'aGVsbG9=',
  'aGV_bG8=',
  '====',
  'aGVsbG8==',
  'aGVsbG8=aGVsbG8=',
])('decodeBase64 refuses %j', (text) => expect(() => decode(text)).toThrow(/Cannot read the value: .*base64/));

test('decodeBase64 reads and refuses texts of any length', () => {
  const text = Buffer.alloc(48 * 1024 * 1024, 'abc').toString('base64');
  expect(decode(text)).toHaveLength(48 * 1024 * 1024);
  expect(() => decode(`${text.slice(0, -1)}*`)).toThrow(/base64/);
  expect(() => decode(`*${text}`)).toThrow(/base64/);
});
