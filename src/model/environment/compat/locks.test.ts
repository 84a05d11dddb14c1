import { expect, test } from 'vitest';
import { viewOf } from '../../../../test/_support/package-view.ts';
import type { Target } from '../target/schema.ts';
import { checkLocks } from './locks.ts';

const TARGET: Target = {
  target: 1,
  os: 'linux',
  architecture: 'amd64',
  python: {
    version: '3.12.4',
    implementation: 'cpython',
    packages: { numpy: '2.1.0', torch: '2.10.0+cu126', six: '1.16.0' },
  },
};

async function check(files: Record<string, string>, target: Target = TARGET) {
  const [path = ''] = Object.keys(files);
  return checkLocks(viewOf({ files }), [path], target);
}

test.each<[string, string, string, RegExp]>([
  ['all as locked', 'numpy==2.1.0\ntorch==2.10.0\nsix>=1\n', 'fits', /3 packages as locked/],
  [
    'what counts on another system only',
    'numpy==2.1.0\ncolorama==0.4.6; sys_platform == "win32"\n',
    'fits',
    /1 package as locked/,
  ],
  [
    'another version',
    'numpy==2.0.0\nsix\n',
    'does-not-fit',
    /1 of 2 packages is not as locked: numpy 2.1.0 in place of 2.0.0/,
  ],
  [
    'what is missing',
    'scipy==1.14.1\npandas\n',
    'does-not-fit',
    /2 of 2 packages are not as locked: scipy 1.14.1 is missing, pandas is missing/,
  ],
  ['a build of another kind', 'torch==2.10.0+cpu\n', 'does-not-fit', /torch 2.10.0\+cu126 in place of 2.10.0\+cpu/],
  ['what depends on a fact that is not known', 'scipy; platform_version == "#1"\n', 'cannot-tell', /scipy is missing/],
  ['a package without a name', './vendored\n', 'cannot-tell', /named by where it lies/],
  [
    'a revision of a repository',
    'six @ git+https://example.com/six.git@abc\n',
    'cannot-tell',
    /says nothing of its revision/,
  ],
  [
    'a line that is none',
    'numpy==2.1.0\nsix ==\n',
    'cannot-tell',
    /a part of it is not understood: requirements.lock:2/,
  ],
])('checkLocks() looks at %s', async (_, text, fit, message) => {
  const { findings } = await check({ 'requirements.lock': text });
  expect(findings.map((finding) => finding.fit)).toEqual([fit]);
  expect(findings[0]?.message).toMatch(message);
});

test('checkLocks() holds the Python that a lock is for to that of the target', async () => {
  const { findings } = await check({
    'pyproject.toml': '[project]\nrequires-python = ">=3.13"\ndependencies = ["numpy"]\n',
  });
  expect(findings).toEqual([
    expect.objectContaining({ fit: 'does-not-fit', message: 'is for Python >=3.13, and the target has 3.12.4' }),
  ]);
});

test('checkLocks() says how to install what is locked', async () => {
  const lock =
    'version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "scipy" }]\n[[package]]\nname = "scipy"\nversion = "1"\nsource = { registry = "r" }\n';
  const { findings } = await check({ 'uv.lock': lock });
  expect(findings[0]).toMatchObject({
    fit: 'does-not-fit',
    remedy: 'uv sync --frozen',
    details: ['scipy 1 is missing'],
  });
});

test.each([
  ['Pipfile.lock', '{}', /a lock of Pipenv/],
  ['uv.lock', 'version = 7', /its version is 7/],
  ['uv.lock', 'version = ', /not TOML|line 1/],
])('checkLocks() cannot tell of %s: %s', async (path, text, message) => {
  const { findings } = await check({ [path]: text });
  expect(findings).toEqual([expect.objectContaining({ fit: 'cannot-tell', subject: path })]);
  expect(findings[0]?.message).toMatch(message);
});

test('checkLocks() cannot tell of a lock that is not in the package, nor without knowing what is installed', async () => {
  const { findings } = await checkLocks(viewOf({}), ['requirements.lock'], TARGET);
  expect(findings[0]).toMatchObject({ fit: 'cannot-tell', message: 'is named as a lock, and is not in the package' });
  const blind = await check({ 'requirements.lock': 'numpy==2.1.0\n' }, { target: 1 });
  expect(blind.findings[0]?.message).toBe('locks 1 package, and the target does not say what is installed');
  expect([...blind.pinned]).toEqual([['numpy', '2.1.0']]);
});

test('checkLocks() ends soon on a hundred thousand packages', async () => {
  const text = Array.from({ length: 100_000 }, (_, at) => `package-${at}==1.${at}; python_version >= "3.9"`).join('\n');
  const { findings } = await check({ 'requirements.lock': text });
  expect(findings[0]?.message).toMatch(/^100000 of 100000 packages are not as locked: .* and 99995 more$/);
});
