import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { splitWords } from './split-words.ts';

test.each([
  ['openssl dgst -sha256', ['openssl', 'dgst', '-sha256']],
  ['  a\tb  ', ['a', 'b']],
  [`a 'b c' "d  e"`, ['a', 'b c', 'd  e']],
  [`--key='my key.pem' x"y"'z'`, ['--key=my key.pem', 'xyz']],
  [`a '' ""`, ['a', '', '']],
  [`a '$HOME | "x"'`, ['a', '$HOME | "x"']],
  [`a "it's | 100% > x"`, ['a', "it's | 100% > x"]],
])('splitWords takes %j apart', (line, words) => {
  expect(splitWords(line, 'hint')).toEqual(words);
});

test.each([
  ['', 'names no program'],
  ['  ', 'names no program'],
  ["''", 'names no program'],
  ['a | b', 'only a shell understands |'],
  ['a > b', 'only a shell understands >'],
  ['sign $KEY', 'only a shell understands $KEY'],
  ['sign "$KEY"', 'only a shell understands "$KEY"'],
  ['sign ~/key', 'only a shell understands ~/key'],
  ['sign a\\ b', 'only a shell understands a\\'],
  ['a; b', 'only a shell understands a;'],
  ['a `b`', 'only a shell understands `b`'],
  ["a 'b", 'a quote in it has no end'],
  ['a "b', 'a quote in it has no end'],
])('splitWords refuses %j', (line, found) => {
  expect(() => splitWords(line, 'use a shell')).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(found), hint: 'use a shell' }),
  );
});

test('splitWords reads what it accepts as a shell does', () => {
  const piece = fc.constantFrom('a', '-x', '=', ' ', '  ', "'", '"', '$', '|', '%', ',', '/', '\\', '@');
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const line = pieces.join('');
      let words: readonly string[];
      try {
        words = splitWords(line, 'hint');
      } catch (error) {
        expect(error).toBeInstanceOf(WaybillError);
        return;
      }
      const shown = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
      expect(words.map((word) => `${word}\n`).join('')).toBe(shown);
    }),
    { numRuns: 300 },
  );
});
