/** The layering of ARCHITECTURE.md, as a test: a folder of src/ imports only what stands to its left. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const LINE = ['base', 'oci', 'trust', 'model', 'record', 'runtime', 'checks', 'release', 'audit', 'hub', 'cli'];

/** Folders whose files are drop-ins: they never import each other, only their table imports them. */
const DROP_INS = [
  'oci/stores',
  'cli/commands',
  'model/architecture/invariants',
  'model/dialects',
  'model/environment/locks',
  'model/forms',
];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.includes('/') && file.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join('src', file), 'utf8');
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)/g)].map(([, target = '']) =>
    path.posix.join(path.posix.dirname(file), target),
  );
}

const layerOf = (file: string) => LINE.indexOf(file.split('/')[0] ?? '');

test.each(files)('%s imports only to its left', (file) => {
  expect(LINE).toContain(file.split('/')[0]);
  expect(importsOf(file).filter((target) => layerOf(target) > layerOf(file))).toEqual([]);
});

test.each(DROP_INS)('files in %s do not import each other', (folder) => {
  const own = files.filter((file) => path.posix.dirname(file) === folder && !/\/index\.ts$|\.test\.ts$/.test(file));
  expect(own.length).toBeGreaterThan(2);
  for (const file of own) expect(importsOf(file).filter((target) => path.posix.dirname(target) === folder)).toEqual([]);
});

test('imports are seen at all', () => {
  expect(importsOf('cli/run.ts').length).toBeGreaterThan(5);
  expect(importsOf('model/pack.ts').some((target) => target.startsWith('oci/'))).toBe(true);
});

test('ARCHITECTURE.md draws the same line', () => {
  expect(readFileSync('ARCHITECTURE.md', 'utf8')).toContain(LINE.join(' → '));
});

test('no file is longer than 300 lines', () => {
  const lengths = files.map((file) => ({
    file,
    lines: readFileSync(path.join('src', file), 'utf8').split('\n').length,
  }));
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
});
