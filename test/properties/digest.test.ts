/** parseDigest() on digests, on what is almost one, and on any text. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { algorithmOf, digestOf, encodedOf, isDigest, parseDigest, shortDigest } from '../../src/oci/digest.ts';
import { anyText, resultOf, runs } from '../_support/properties.ts';

const lengths = { sha256: 64, sha512: 128 } as const;

test('parseDigest() takes exactly the algorithm, the colon and the digits apart', () => {
  fc.assert(
    fc.property(fc.constantFrom('sha256' as const, 'sha512' as const), fc.uint8Array(), (algorithm, bytes) => {
      const hex = createHash(algorithm).update(bytes).digest('hex');
      const digest = parseDigest(`${algorithm}:${hex}`);
      expect([algorithmOf(digest), encodedOf(digest)]).toEqual([algorithm, hex]);
      expect(digest.startsWith(shortDigest(digest))).toBe(true);
      if (algorithm === 'sha256') expect(digestOf(bytes)).toBe(digest);
    }),
    runs(300),
  );
});

test('parseDigest() refuses any other text as DIGEST_INVALID', () => {
  const nearly = fc
    .tuple(
      fc.constantFrom('sha256', 'sha512', 'SHA256', 'sha1', 'sha-256', '', 'sha256:sha256'),
      fc.constantFrom(':', '', '::', '/', ' :'),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABg/.\n '), maxLength: 130 }),
      fc.constantFrom(64, 63, 65, 128, 0),
    )
    .map(([algorithm, colon, digits, length]) => `${algorithm}${colon}${digits.padEnd(length, '0').slice(0, length)}`);
  fc.assert(
    fc.property(fc.oneof(anyText, nearly), (text) => {
      const [algorithm = '', digits = '', ...more] = text.split(':');
      const length = Object.hasOwn(lengths, algorithm) ? lengths[algorithm as keyof typeof lengths] : 0;
      const isGood =
        more.length === 0 &&
        length > 0 &&
        digits.length === length &&
        /^[0-9a-f]*$/.test(digits) &&
        !digits.includes('\n');
      expect(isDigest(text)).toBe(isGood);
      expect('value' in resultOf(() => parseDigest(text), ['DIGEST_INVALID'])).toBe(isGood);
    }),
    runs(5_000),
  );
});
