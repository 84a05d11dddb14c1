import { expect, test } from 'vitest';
import { readText, testLock } from '../../../../test/contracts/lock.ts';
import { pyproject } from './pyproject.ts';

const PROJECT = `[project]
name = "demo"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["NumPy>=2,<3; python_version < '3.13'", "torch==2.10.0"]
[project.optional-dependencies]
plot = ["matplotlib"]
[dependency-groups]
test = ["pytest>7", { include-group = "Typing_X" }]
typing-x = ["mypy"]
[tool.other]
x = [1, { y = 1979-05-27T07:32:00Z }]
`;

testLock(pyproject, [{ path: 'pyproject.toml', text: PROJECT, packages: ['numpy >=2,<3', 'torch 2.10.0'] }]);

test('pyproject says which Python', async () => {
  expect((await readText(pyproject, PROJECT)).requiresPython?.text).toBe('>=3.10');
});

test.each([
  ['[project]\ndynamic = ["dependencies"]', 'dynamic'],
  ['[tool.poetry.dependencies]\npython = "^3.11"', "poetry's own form"],
  ['[project]\ndependencies = ["numpy 2"]', 'character 7'],
  ['[project]\nrequires-python = "3.11"', 'an operator and a version'],
  ['[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]', 'includes itself'],
  ['[dependency-groups]\na = [{include-group = "c"}]', 'no such group'],
  ['[dependency-groups]\na = [1]', 'neither a requirement'],
  ['[dependency-groups]\na-b = []\nA_B = []', 'one name'],
])('pyproject tells what it does not understand: %s', async (text, message) => {
  const { findings } = await readText(pyproject, text);
  expect(findings.map((finding) => finding.message).join()).toContain(message);
});

test('pyproject refuses what is not TOML, with its line', async () => {
  await expect(readText(pyproject, '[project]\nname = \n')).rejects.toThrow(/line 2/);
});
