import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import {
  BOOLEAN,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  type Refuse,
  readDer,
  readDerParts,
  readTuple,
  SEQUENCE,
  toBoolean,
  toCount,
  toIntegerHex,
  toObjectIdentifier,
} from './read.ts';
import { count, derOf, objectIdentifier, octetString, sequenceOf, unsignedInteger } from './write.ts';

const refuse: Refuse = (found) => new WaybillError('KEY_INVALID', found);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('readDer reads what is written, of any length', () => {
  for (const size of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000]) {
    const { tag, content, bytes } = readDer(octetString(Buffer.alloc(size, 7)), refuse);
    expect([tag, content.length]).toEqual([OCTET_STRING, size]);
    expect(bytes.subarray(bytes.length - size)).toEqual(content);
  }
});

test.each([
  ['nothing', '', 'ends too early'],
  ['a tag alone', '30', 'ends too early'],
  ['a short value', '30 02 05', 'ends too early'],
  ['a short long value', '04 81 80 00', 'ends too early'],
  ['something behind', '04 00 00', 'follows the end'],
  ['a tag of two octets', '1f 81 00', 'more than one octet'],
  ['an indefinite length', '30 80 00 00', 'length in it is malformed'],
  ['a length of four octets', '04 84 00 00 00 01 00', 'length in it is malformed'],
  ['a length that is cut', '04 82 01', 'length in it is malformed'],
  ['a long form of a short length', '04 81 01 00', 'longer than it needs to be'],
  ['a length with a leading zero', `04 82 00 80${'00'.repeat(128)}`, 'longer than it needs to be'],
])('readDer refuses %s', (_, bytes, found) => {
  expect(() => readDer(hex(bytes), refuse)).toThrow(found);
});

test('readDerParts and readTuple read exactly the parts that are expected', () => {
  const value = sequenceOf(count(1), octetString(Buffer.of(2)));
  expect(readDerParts(value, SEQUENCE, refuse).map(({ tag }) => tag)).toEqual([INTEGER, OCTET_STRING]);
  expect(() => readDerParts(value, OCTET_STRING, refuse)).toThrow('has the tag 48, not 4');
  const [number] = readTuple(readDer(value, refuse), [INTEGER, OCTET_STRING], { what: 'it', refuse });
  expect(toCount(number, refuse)).toBe(1);
  for (const tags of [[INTEGER], [INTEGER, INTEGER], [INTEGER, OCTET_STRING, INTEGER]])
    expect(() => readTuple(readDer(value, refuse), tags, { what: 'it', refuse })).toThrow('it is malformed');
  expect(() => readTuple(readDer(count(1), refuse), [], { what: 'it', refuse })).not.toThrow();
  expect(() => readTuple(readDer(count(1), refuse), [INTEGER], { what: 'it', refuse })).toThrow('it is malformed');
});

test('object identifiers are read as they are written', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 2),
      fc.nat(39),
      fc.array(fc.nat(2 ** 31 - 1), { maxLength: 10 }),
      (first, second, others) => {
        const text = [first, second, ...others].join('.');
        expect(toObjectIdentifier(readDer(objectIdentifier(text), refuse), refuse)).toBe(text);
      },
    ),
  );
  expect(toObjectIdentifier(readDer(objectIdentifier('2.999.3'), refuse), refuse)).toBe('2.999.3');
});

test.each([
  ['another tag', '04 01 2a', 'malformed'],
  ['nothing', '06 00', 'malformed'],
  ['one that is cut', '06 02 2a 86', 'malformed'],
  ['one with a leading zero', '06 03 2a 80 01', 'malformed'],
  ['one with a huge arc', '06 0a 2a ff ff ff ff ff ff ff ff 7f', 'too large'],
])('toObjectIdentifier refuses %s', (_, bytes, found) => {
  expect(() => toObjectIdentifier(readDer(hex(bytes), refuse), refuse)).toThrow(found);
});

test('numbers are read as they are written', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      const value = number % 2 ** 48;
      expect(toCount(readDer(count(value), refuse), refuse)).toBe(value);
    }),
  );
  expect(toIntegerHex(readDer(unsignedInteger(hex('00 00 ff 00')), refuse), refuse)).toBe('ff00');
  expect(toIntegerHex(readDer(unsignedInteger(hex('00')), refuse), refuse)).toBe('0');
});

test.each([
  ['another tag', '04 01 01', 'malformed'],
  ['nothing', '02 00', 'malformed'],
  ['a negative one', '02 01 80', 'negative'],
  ['one with a leading zero', '02 02 00 7f', 'longer than it needs to be'],
  ['a huge one', '02 08 01 00 00 00 00 00 00 00', 'too large'],
])('toCount refuses %s', (_, bytes, found) => {
  expect(() => toCount(readDer(hex(bytes), refuse), refuse)).toThrow(found);
});

test('toCount refuses what is not there', () => {
  expect(() => toCount(undefined, refuse)).toThrow('malformed');
});

test('toBoolean knows one true and one false', () => {
  expect(toBoolean(readDer(hex('01 01 ff'), refuse), refuse)).toBe(true);
  expect(toBoolean(readDer(hex('01 01 00'), refuse), refuse)).toBe(false);
  for (const other of [derOf(BOOLEAN, hex('01')), derOf(BOOLEAN, hex('ff ff')), derOf(OBJECT_IDENTIFIER, hex('ff'))])
    expect(() => toBoolean(readDer(other, refuse), refuse)).toThrow('a boolean in it is malformed');
});

test('readDer takes random bytes for a value or refuses them, and nothing it accepts has two forms', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        const { tag, content } = readDer(bytes, refuse);
        expect(derOf(tag, content)).toEqual(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
      }
    }),
    { numRuns: 2000 },
  );
});
