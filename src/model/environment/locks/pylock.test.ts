import { expect, test } from 'vitest';
import { readText, testLock } from '../../../../test/contracts/lock.ts';
import { neededOf } from '../lock/needed.ts';
import { pylock } from './pylock.ts';

const LOCK = `lock-version = "1.0"
created-by = "by hand"
requires-python = "==3.12.*"
default-groups = ["run"]
[[packages]]
name = "attrs"
version = "25.1.0"
[[packages.wheels]]
url = "https://example.com/attrs-25.1.0-py3-none-any.whl"
hashes = { sha256 = "${'a'.repeat(64)}" }
[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
[[packages]]
name = "pytest"
version = "8.0"
marker = "'dev' in dependency_groups"
[[packages]]
name = "runner"
version = "1.0"
marker = "'run' in dependency_groups or 'x' in extras"
[[packages]]
name = "own"
directory = { path = ".", editable = true }
`;

testLock(pylock, [
  {
    path: 'pylock.toml',
    text: LOCK,
    packages: ['attrs 25.1.0', 'colorama 0.4.6', 'own *', 'pytest 8.0', 'runner 1.0'],
  },
]);

test('pylock says what is needed: by marker, by default group', async () => {
  const lock = await readText(pylock, LOCK, 'pylock.prod.toml');
  const namesFor = (environment: Record<string, string>) =>
    neededOf(lock, environment).map(({ locked, isCertain }) => `${locked.name}${isCertain ? '' : '?'}`);
  expect(namesFor({ sys_platform: 'linux' })).toEqual(['attrs', 'runner', 'own']);
  expect(namesFor({})).toEqual(['attrs', 'colorama?', 'runner', 'own']);
  expect(lock.packages[0]?.hashes).toEqual([`sha256:${'a'.repeat(64)}`]);
  expect(lock.packages.at(-1)?.source).toBe('editable');
});

test.each([
  ['lock-version = "2.0"', /lock-version is "2.0"/],
  ['[[packages]]\nname = "x"', /lock-version is undefined/],
  ['lock-version = "1.0"\n[[packages]]\nversion = "1"', /a package of the name undefined/],
])('pylock refuses %s', async (text, message) => {
  await expect(readText(pylock, text)).rejects.toThrow(message);
});
