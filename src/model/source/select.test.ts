import { expect, test } from 'vitest';
import { WaybillError } from '../../base/errors.ts';
import { parseWaybillFile } from '../waybill-file/parse.ts';
import { selectFiles } from './select.ts';
import type { SourceFile } from './walk.ts';

const identity = { device: 1n, inode: 1n, size: 1, mtimeNs: 0n, ctimeNs: 0n };
const source = (path: string): SourceFile => ({ path, file: `/${path}`, identity, isExecutable: false });

function select(components: Record<string, string[]>, paths: string[]) {
  const parsed = parseWaybillFile(`waybill: 1\nname: x\nversion: 1.0.0\ncomponents: ${JSON.stringify(components)}\n`);
  const { files, unlisted } = selectFiles(['waybill.yaml', ...paths].map(source), parsed);
  return { files: Object.fromEntries(files.map(({ path, component }) => [path, component])), unlisted };
}

function problems(components: Record<string, string[]>, paths: string[]): string {
  try {
    select(components, paths);
  } catch (error) {
    if (error instanceof WaybillError) return error.problems.map(({ message }) => message).join('\n');
    throw error;
  }
  return '';
}

test('selectFiles() takes names literally where they exist, even with signs of patterns in them', () => {
  expect(select({ weights: ['model[1].bin'], code: ['*.py'] }, ['model[1].bin', 'a.py', 'model1.bin'])).toEqual({
    files: { 'waybill.yaml': 'code', 'model[1].bin': 'weights', 'a.py': 'code' },
    unlisted: ['model1.bin'],
  });
});

test('selectFiles() compares part by part, never by prefix', () => {
  expect(
    select({ weights: ['model.safetensors'], code: ['src/**'] }, [
      'model.safetensors',
      'model.safetensors.index.json',
      'src/a',
      'src2/b',
      'a..b',
    ]).unlisted,
  ).toEqual(['model.safetensors.index.json', 'src2/b', 'a..b']);
});

test('selectFiles() lets ** match files that begin with a dot', () => {
  expect(select({ code: ['**'] }, ['.hidden', 'a/.b/c']).files).toMatchObject({ '.hidden': 'code', 'a/.b/c': 'code' });
});

test('selectFiles() lets an exact path win over a pattern of another component', () => {
  expect(select({ weights: ['**'], docs: ['README.md'] }, ['README.md', 'w']).files).toMatchObject({
    'README.md': 'docs',
    w: 'weights',
  });
});

test('selectFiles() refuses a file in two components', () => {
  expect(problems({ weights: ['*.bin'], data: ['**'] }, ['a.bin'])).toContain(
    '"a.bin" belongs to data by "**" and to weights by "*.bin"',
  );
});

test('selectFiles() refuses a pattern that matches nothing, and a folder without /**', () => {
  expect(problems({ weights: ['*.onnx'], docs: ['docs'] }, ['docs/a.md', 'b'])).toBe(
    'components.weights.0: "*.onnx" matches no file\ncomponents.docs.0: "docs" is a folder; write "docs/**" for all files in it',
  );
});

test('selectFiles() packs waybill.yaml as code, whatever the patterns say', () => {
  expect(select({ docs: ['**'] }, ['a']).files).toEqual({ 'waybill.yaml': 'code', a: 'docs' });
  expect(problems({ docs: ['waybill.yaml', 'a'] }, ['a'])).toContain('always belongs to code');
});

test('selectFiles() ignores a SHA256SUMS in the root only', () => {
  expect(select({ docs: ['**'] }, ['SHA256SUMS', 'sub/SHA256SUMS']).files).toEqual({
    'waybill.yaml': 'code',
    'sub/SHA256SUMS': 'docs',
  });
});
