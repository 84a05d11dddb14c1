/** selectFiles(): every file has one component or none, whatever the patterns. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Component, componentNames } from '../../src/model/media-types.ts';
import { type SelectedFile, selectFiles } from '../../src/model/source/select.ts';
import type { SourceFile } from '../../src/model/source/walk.ts';
import { parseWaybillFile } from '../../src/model/waybill-file/parse.ts';
import { resultOf, runs } from '../_support/properties.ts';

const fileOf = (path: string): SourceFile => ({
  path,
  file: `/model/${path}`,
  identity: { device: 1n, inode: 1n, size: 1, mtimeNs: 0n, ctimeNs: 0n },
  isExecutable: false,
});

function select(paths: readonly string[], components: Readonly<Partial<Record<Component, readonly string[]>>>) {
  const text = JSON.stringify({ waybill: 1, name: 'a/b', version: '1.0.0', components });
  return selectFiles([...paths, 'waybill.yaml'].map(fileOf), parseWaybillFile(text));
}

const part = fc.constantFrom(
  'a',
  'b',
  '.hidden',
  'model[1].bin',
  'a..b',
  '{x}',
  '*',
  'é',
  'a b',
  '!a',
  '(a)',
  '+(a)',
  'a\nb',
  '@',
  '#x',
  '$',
  '^',
);
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const paths = fc.uniqueArray(path, { maxLength: 8 });
const anyPattern = fc.oneof(
  path,
  fc.constantFrom(
    '**',
    '*',
    '**/*',
    '*/**',
    '**/.hidden',
    '[ab]',
    '[!a]',
    '[^a]/**',
    '{a,b}/**',
    '?',
    '**/a',
    'a/',
    '[',
    '{',
    '[a',
    '{a',
    ')',
    '(',
    '***',
    '**a',
    'a**',
    '!a',
    '@(a|b)',
    '[[:alpha:]]',
    '{1..3}',
    '[z-a]',
    '+',
    '\u0000',
  ),
  fc.string({ unit: fc.constantFrom(...'ab*?[]{}!,/.()|^$+-@'), minLength: 1, maxLength: 12 }),
);

const tidy = (files: readonly SelectedFile[]) => files.map(({ path, component }) => `${component} ${path}`);

test('selectFiles() gives each file one component or lists it, or refuses what does not fit', () => {
  const lists = fc.dictionary(
    fc.constantFrom(...componentNames),
    fc.array(anyPattern, { minLength: 1, maxLength: 3 }),
    { minKeys: 1, noNullPrototype: true },
  );
  fc.assert(
    fc.property(paths, lists, (names, components) => {
      const result = resultOf(() => select(names, components), ['WAYBILL_FILE_INVALID']);
      if (!('value' in result)) {
        expect(result.problems.length).toBeGreaterThan(0);
        return;
      }
      const { files, unlisted } = result.value;
      const all = [...files.map(({ path }) => path), ...unlisted];
      expect([...all].sort()).toEqual([...names, 'waybill.yaml'].sort());
      expect(new Set(all).size).toBe(all.length);
      for (const { path, component } of files)
        expect(path === 'waybill.yaml' || (components[component]?.length ?? 0) > 0).toBe(true);
    }),
    runs(2_000),
  );
});

test('selectFiles() takes exactly the file that a pattern names, whatever signs its name has', () => {
  fc.assert(
    fc.property(paths, fc.nat(), (names, at) => {
      const wanted = names[at % Math.max(1, names.length)];
      if (wanted === undefined) return;
      expect(tidy(select(names, { weights: [wanted] }).files)).toEqual([`weights ${wanted}`, 'code waybill.yaml']);
      // An exact path wins over a pattern in another component.
      const both = select(names, { weights: [wanted], docs: ['**'] });
      expect(both.files.find(({ path }) => path === wanted)?.component).toBe('weights');
      expect(both.unlisted).toEqual([]);
    }),
    runs(1_000),
  );
});

test('selectFiles() finds every file by **, also hidden ones and those with a line break', () => {
  fc.assert(
    fc.property(paths, (names) => {
      if (names.length === 0) return;
      const { files, unlisted } = select(names, { weights: ['**'] });
      expect(unlisted).toEqual([]);
      expect(files).toHaveLength(names.length + 1);
    }),
    runs(500),
  );
});

test('selectFiles() refuses a file that two components claim by patterns, and names both', () => {
  fc.assert(
    fc.property(path, (name) => {
      const result = resultOf(
        () => select([name, 'other'], { weights: ['**'], docs: ['**/*'] }),
        ['WAYBILL_FILE_INVALID'],
      );
      expect('value' in result).toBe(false);
      if (!('value' in result))
        expect(result.problems[0]?.message).toMatch(/belongs to docs .* and to weights|a file has one component/);
    }),
    runs(300),
  );
});
