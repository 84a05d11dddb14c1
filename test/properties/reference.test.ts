/** parseReference() and formatReference() on references of every form, and on any text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference, isRepositoryName, looksLikeHost, parseReference } from '../../src/oci/reference.ts';
import { anyText, resultOf, runs } from '../_support/properties.ts';

const letters = fc.string({ unit: fc.constantFrom(...'abcxyz019'), minLength: 1, maxLength: 8 });
const separator = fc.constantFrom('.', '_', '__', '-', '--', '---');
const part = fc
  .tuple(letters, fc.array(fc.tuple(separator, letters), { maxLength: 2 }))
  .map(([first, more]) => first + more.map(([sign, text]) => sign + text).join(''));
// A first part with a dot is a host, and then another part must follow.
const repository = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .filter((parts) => parts.length === 1 || !looksLikeHost(parts[0] ?? ''))
  .map((parts) => parts.join('/'));
const host = fc.constantFrom('localhost', 'registry.example', 'a.b:5000', 'localhost:5000', '[::1]:5000', '127.0.0.1');
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/);
const digest = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`),
  fc.stringMatching(/^[0-9a-f]{128}$/).map((hex) => `sha512:${hex}`),
);

test('formatReference() gives back what parseReference() read', () => {
  const reference = fc.record({ host: fc.option(host), repository, tag: fc.option(tag), digest: fc.option(digest) });
  fc.assert(
    fc.property(reference, ({ host, repository, tag, digest }) => {
      const text = `${host === null ? '' : `${host}/`}${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
      const parsed = parseReference(text);
      expect(parsed).toEqual({
        host: host ?? undefined,
        repository,
        tag: tag ?? undefined,
        digest: digest ?? undefined,
      });
      expect(formatReference(parsed)).toBe(text);
    }),
    runs(1_000),
  );
});

test('parseReference() reads any text as one thing or refuses it as NAME_INVALID', () => {
  const nearly = fc
    .array(fc.oneof(letters, fc.constantFrom('/', ':', '@', '.', '-', '_', 'sha256:', 'A', ' ', '..', '')), {
      maxLength: 12,
    })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(anyText, nearly), (text) => {
      const result = resultOf(() => parseReference(text), ['NAME_INVALID']);
      if (!('value' in result)) return;
      expect(formatReference(result.value)).toBe(text);
      expect(isRepositoryName(result.value.repository)).toBe(true);
      // Whatever is accepted can become part of a path, a URL and a line of text.
      expect(text).toMatch(/^[\x21-\x7e]+$/);
      expect(result.value.repository.split('/')).not.toContain('..');
    }),
    runs(5_000),
  );
});
