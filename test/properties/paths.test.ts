/** The rules for names: what they accept stays inside, on every system, and collisions are symmetrical. */
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCollision, foldPath } from '../../src/model/paths/collisions.ts';
import { refusalOf, windowsProblemOf } from '../../src/model/paths/rules.ts';
import { anyText, runs } from '../_support/properties.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '\\',
    'C:',
    'c:',
    '\0',
    '\n',
    '%2e%2e',
    '~',
    '...',
    '. .',
    '..\u200b',
    '\ufffd',
    '\ud800',
    'CON',
    ' ',
  ),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const anyPath = fc.oneof(
  anyText,
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('/')),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
);

test('refusalOf() accepts no name that leads out of a root, nor one that is the root, on any system', () => {
  fc.assert(
    fc.property(anyPath, (name) => {
      if (refusalOf(name) !== undefined) return;
      for (const [system, root] of [
        [path.posix, '/root/here'],
        [path.win32, 'D:\\root\\here'],
      ] as const) {
        const resolved = system.resolve(root, name);
        expect(resolved.startsWith(root + system.sep)).toBe(true);
        expect(resolved.length).toBeGreaterThan(root.length + 1);
      }
      expect(name).not.toMatch(/[\p{Cc}\\]/u);
      expect(Buffer.from(name).toString('utf8')).toBe(name);
      expect(path.posix.normalize(name)).toBe(name);
    }),
    runs(5_000),
  );
});

test('refusalOf() refuses every name with a part that is refused by itself, but for a drive', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.nat(5), (parts, at) => {
      const [bad = '..'] = ['..', '', '.', 'a\0', 'a\\b', '\ufffd', 'p'.repeat(256)].slice(at);
      const name = [...parts.slice(0, at), bad, ...parts.slice(at)].join('/');
      expect(refusalOf(name)).toBeDefined();
    }),
    runs(1_000),
  );
});

test('windowsProblemOf() and refusalOf() answer for any text', () => {
  fc.assert(
    fc.property(anyPath, (name) => {
      for (const answer of [windowsProblemOf(name), refusalOf(name)]) {
        expect(answer === undefined || answer.length > 5).toBe(true);
      }
    }),
    runs(2_000),
  );
});

test('foldPath() of a folded name changes nothing, and names that differ in form or case fold to one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const folded = foldPath(text);
      expect(foldPath(folded)).toBe(folded);
      for (const form of ['NFC', 'NFD'] as const) expect(foldPath(text.normalize(form))).toBe(folded);
      // Dotless i has an upper case that it does not share its folding with.
      if (!/[ıİ]/u.test(text.normalize('NFD').normalize('NFC') + text)) {
        expect(foldPath(text.toUpperCase())).toBe(foldPath(text.toUpperCase().toLowerCase()));
      }
    }),
    runs(3_000),
  );
});

/** Straight from the words: two names collide if one, folded, is the other or a folder of it. */
function collide(a: string, b: string): boolean {
  const [one, two] = [foldPath(a), foldPath(b)];
  return one === two || one.startsWith(`${two}/`) || two.startsWith(`${one}/`);
}

test('findCollision() finds a pair exactly when there is one, in whatever order the names come', () => {
  const name = fc
    .array(fc.constantFrom('a', 'A', 'b', 'ß', 'ss', 'SS', 'é', 'e\u0301', 'ẞ'), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), (names) => {
      const pairs = names.flatMap((a, at) => names.slice(at + 1).map((b) => [a, b] as const));
      const expected = pairs.some(([a, b]) => collide(a, b));
      for (const order of [names, [...names].reverse()]) {
        const found = findCollision(order);
        expect(found !== undefined).toBe(expected);
        if (found !== undefined) expect(collide(...found)).toBe(true);
      }
    }),
    runs(3_000),
  );
});
