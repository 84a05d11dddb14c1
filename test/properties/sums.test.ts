/** formatSums() against parseSums(), and parseSums() on lists that were good before they were damaged. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes } from '../../src/base/bytes.ts';
import { refusalOf } from '../../src/model/paths/rules.ts';
import { formatSums, parseSums, SUMS_FILE } from '../../src/model/sums.ts';
import { sha256Digest } from '../../src/oci/digest.ts';
import { anyDamage, anyText, damaged, resultOf, runs } from '../_support/properties.ts';

const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map(sha256Digest);
const part = fc.oneof(
  fc.stringMatching(/^[a-z .*#%-]{1,12}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const path = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((text) => refusalOf(text) === undefined && text !== SUMS_FILE);
const sums = fc.uniqueArray(fc.record({ path, digest }), { selector: ({ path }) => path, maxLength: 12 });

test('parseSums() gives back what formatSums() wrote, sorted by the bytes of the paths', () => {
  fc.assert(
    fc.property(sums, (list) => {
      const text = formatSums(list);
      expect(parseSums(text)).toEqual([...list].sort((a, b) => compareBytes(a.path, b.path)));
      expect(formatSums([...list].reverse())).toBe(text);
      expect(
        text
          .split('\n')
          .slice(0, -1)
          .every((line) => /^[0-9a-f]{64} {2}[^\n]+$/.test(line)),
      ).toBe(true);
    }),
    runs(1_000),
  );
});

test('parseSums() reads only what formatSums() would write, and refuses the rest as MANIFEST_INVALID', () => {
  const text = fc.oneof(
    anyText,
    sums.map(formatSums),
    fc
      .tuple(sums.map(formatSums), anyDamage)
      .map(([text, damage]) => damaged(Buffer.from(text), damage).toString('utf8')),
    fc.tuple(sums.map(formatSums), sums.map(formatSums)).map(([one, two]) => one + two),
  );
  fc.assert(
    fc.property(text, (text) => {
      const result = resultOf(() => parseSums(text), ['MANIFEST_INVALID']);
      if ('value' in result) expect(formatSums(result.value)).toBe(text);
    }),
    runs(3_000),
  );
});
