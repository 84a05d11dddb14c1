import { expect, test } from 'vitest';
import { packagesOf, readText, testLock } from '../../../../test/contracts/lock.ts';
import { requirements } from './requirements.ts';

const PINNED = `# by uv
--index-url https://pypi.org/simple
numpy==2.1.0 ; python_version >= "3.10" \\
    --hash=sha256:${'a'.repeat(64)} \\
    --hash=sha256:${'b'.repeat(64)}
Typing_Extensions==4.12  # why
colorama==0.4.6 ; sys_platform == "win32"
`;

const LOOSE = `\ufeff-i https://pypi.org/simple
--extra-index-url=https://example.com/simple
--no-binary :all:
numpy >=2, <3
torch[opt] ~= 2.5
six
`;

testLock(requirements, [
  { path: 'requirements.lock', text: PINNED, packages: ['colorama 0.4.6', 'numpy 2.1.0', 'typing-extensions 4.12'] },
  { path: 'requirements-dev.txt', text: LOOSE, packages: ['numpy >=2, <3', 'six *', 'torch ~= 2.5'] },
]);

test('requirements keeps hashes and the line where a package stands', async () => {
  const { packages } = await readText(requirements, PINNED, 'requirements.lock');
  expect(packages[0]).toMatchObject({
    at: 'requirements.lock:3',
    hashes: [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`],
  });
});

test('requirements reads what is not named by name alone', async () => {
  const text = `-e git+https://example.com/a.git@v1#egg=My_Thing
./local/pkg
git+ssh://git@example.com/b.git
https://example.com/numpy-2.1.0-cp312-cp312-linux_x86_64.whl
pip @ https://example.com/pip.zip ; os_name == "nt"
--editable=.
dist/torch-2.5.0-cp312-none-any.whl
`;
  const { packages, findings } = await readText(requirements, text);
  expect(findings).toEqual([]);
  expect(packages.map(({ name, version, source }) => [name, version, source])).toEqual([
    ['my-thing', undefined, 'editable'],
    ['./local/pkg', undefined, 'path'],
    ['git+ssh://git@example.com/b.git', undefined, 'vcs'],
    ['numpy', '2.1.0', 'url'],
    ['pip', undefined, 'url'],
    ['.', undefined, 'editable'],
    ['torch', '2.5.0', 'path'],
  ]);
});

test('requirements follows includes and constraints, each file once', async () => {
  const lock = await readText(
    requirements,
    '-r more/base.txt\n-c more/limits.txt\nsix\n-rmore/base.txt\n',
    'env/requirements.txt',
    {
      'env/more/base.txt': 'numpy\n-r ../requirements.txt\n--requirement=deeper.txt\n',
      'env/more/deeper.txt': 'scipy==1.14.1\n',
      'env/more/limits.txt': 'numpy==2.1.0\nunused==1\n',
    },
  );
  expect(packagesOf(lock)).toEqual(['numpy 2.1.0', 'scipy 1.14.1', 'six *']);
  expect(lock.findings.map(({ rule, path }) => [rule, path])).toEqual([['lock-include', 'env/more/base.txt:2']]);
});

test.each([
  ['-r ../../outside.txt', 'lock-include', 'is not in the package'],
  ['-r /etc/passwd', 'lock-include', 'is not in the package'],
  ['-r https://example.com/r.txt', 'lock-line', 'nothing is fetched'],
  ['numpy==\u0024{VERSION}', 'lock-line', 'variable of the environment'],
  ['--new-option', 'lock-line', 'is not known'],
  ['numpy 2.0', 'lock-line', 'character 7'],
])('requirements tells what it does not understand: %s', async (line, rule, message) => {
  const { packages, findings } = await readText(requirements, `${line}\nsix==1.0\n`, 'a/requirements.txt');
  expect(packages.map(({ name }) => name)).toEqual(['six']);
  expect(findings).toEqual([
    expect.objectContaining({ rule, path: 'a/requirements.txt:1', message: expect.stringContaining(message) }),
  ]);
});

test('requirements does not go round in circles, and stops at many files', async () => {
  const circle = { 'a.txt': '-r b.txt\n', 'b.txt': '-r c.txt\n', 'c.txt': '-r a.txt\nsix\n' };
  expect(packagesOf(await readText(requirements, circle['a.txt'], 'a.txt', circle))).toEqual(['six *']);
  const chain = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`${at}.txt`, `-r ${at + 1}.txt\np${at}\n`]));
  const lock = await readText(requirements, chain['0.txt'] ?? '', '0.txt', chain);
  expect(lock.packages).toHaveLength(100);
  expect(lock.findings).toEqual([expect.objectContaining({ message: expect.stringContaining('more than 100 files') })]);
});

test('requirements reads a hundred thousand lines, and refuses more than can be meant', async () => {
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `package-${at}==1.${at}`).join('\n');
  expect((await readText(requirements, lines(100_000))).packages).toHaveLength(100_000);
  await expect(readText(requirements, lines(200_001))).rejects.toThrow(/more than 200000 packages/);
});
