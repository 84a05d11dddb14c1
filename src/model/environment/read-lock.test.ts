import { expect, test } from 'vitest';
import { readLock } from './read-lock.ts';

const read = (path: string, text: string) => readLock({ path, text, open: async () => undefined });

test.each([
  ['a/uv.lock', 'version = 1\n'],
  ['poetry.lock', '[metadata]\nlock-version = "2.1"\n'],
  ['env/pylock.gpu.toml', 'lock-version = "1.0"\n'],
  ['pyproject.toml', '[project]\n'],
  ['requirements.lock', 'six==1.0\n'],
  ['constraints.txt', 'six==1.0\n'],
])('readLock() knows %s by its name', async (path, text) => {
  expect((await read(path, text)).packages.length).toBe(text.startsWith('six') ? 1 : 0);
});

test.each([
  'Pipfile.lock',
  'pdm.lock',
  'conda-lock.yml',
  'environment.yml',
  'pixi.lock',
  'package-lock.json',
  'setup.py',
  'notes.md',
])('readLock() names %s as one that it does not read', async (path) => {
  await expect(read(path, '')).rejects.toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('uv.lock') });
});

test('readLock() refuses one that is too large', async () => {
  await expect(read('requirements.txt', ' '.repeat(64 * 1024 * 1024 + 1))).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});
