import { expect, test } from 'vitest';
import { readText, testLock } from '../../../../test/contracts/lock.ts';
import { neededOf } from '../lock/needed.ts';
import { uv } from './uv.ts';

const REGISTRY = 'source = { registry = "https://pypi.org/simple" }';
const LOCK = `version = 1
revision = 3
requires-python = ">=3.10"
resolution-markers = ["python_full_version >= '3.11'", "python_full_version < '3.11'"]

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "numpy", version = "2.2.6", ${REGISTRY}, marker = "python_full_version < '3.11'" },
    { name = "numpy", version = "2.3.5", ${REGISTRY}, marker = "python_full_version >= '3.11'" },
    { name = "tqdm", extra = ["notebook"] },
]
[package.optional-dependencies]
plot = [{ name = "matplotlib" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "colorama"
version = "0.4.6"
${REGISTRY}
sdist = { url = "https://example.com/c.tar.gz", hash = "sha256:${'c'.repeat(64)}", size = 1 }

[[package]]
name = "ipywidgets"
version = "8.1"
${REGISTRY}

[[package]]
name = "matplotlib"
version = "3.10"
${REGISTRY}

[[package]]
name = "numpy"
version = "2.2.6"
${REGISTRY}
resolution-markers = ["python_full_version < '3.11'"]

[[package]]
name = "numpy"
version = "2.3.5"
${REGISTRY}
resolution-markers = ["python_full_version >= '3.11'"]

[[package]]
name = "pytest"
version = "8.0"
${REGISTRY}
dependencies = [{ name = "colorama", marker = "sys_platform == 'win32'" }]

[[package]]
name = "tqdm"
version = "4.67"
${REGISTRY}
dependencies = [{ name = "colorama", marker = "sys_platform == 'win32'" }, { name = "tqdm" }]
[package.optional-dependencies]
notebook = [{ name = "ipywidgets" }]
`;

testLock(uv, [
  {
    path: 'uv.lock',
    text: LOCK,
    packages: [
      'colorama 0.4.6',
      'ipywidgets 8.1',
      'matplotlib 3.10',
      'numpy 2.2.6',
      'numpy 2.3.5',
      'pytest 8.0',
      'tqdm 4.67',
    ],
  },
]);

test('uv begins with the project, and takes its extras and developers no further', async () => {
  const lock = await readText(uv, LOCK);
  const namesFor = (environment: Record<string, string>) =>
    neededOf(lock, environment).map(
      ({ locked, isCertain }) => `${locked.name} ${locked.version}${isCertain ? '' : '?'}`,
    );
  expect(namesFor({ sys_platform: 'linux', python_full_version: '3.12.1' })).toEqual([
    'ipywidgets 8.1',
    'numpy 2.3.5',
    'tqdm 4.67',
  ]);
  expect(namesFor({ sys_platform: 'win32', python_full_version: '3.10.4' })).toEqual([
    'colorama 0.4.6',
    'ipywidgets 8.1',
    'numpy 2.2.6',
    'tqdm 4.67',
  ]);
  expect(namesFor({ sys_platform: 'linux' })).toContain('numpy 2.3.5?');
});

test('uv refuses a version that it does not know', async () => {
  await expect(readText(uv, 'version = 2\n')).rejects.toThrow(/its version is 2, and 1 is read/);
});

test('uv tells when there is no project to begin with', async () => {
  const { findings } = await readText(uv, `version = 1\n[[package]]\nname = "a"\nversion = "1"\n${REGISTRY}\n`);
  expect(findings).toEqual([expect.objectContaining({ message: expect.stringContaining('names no project') })]);
});
