/** One resolution by uv, written in its three forms: ours needs of each what `packaging` says that the markers ask for. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { neededOf } from '../../src/model/environment/lock/needed.ts';
import { readLock } from '../../src/model/environment/read-lock.ts';
import { referencePython } from './_python.ts';
import { run, temporaryFolder } from './_run.ts';

const PROJECT = `[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["numpy>=2; python_version < '3.13'", "colorama; sys_platform == 'win32'", "rich>=13", "scipy"]
[project.optional-dependencies]
plot = ["cycler"]
[dependency-groups]
dev = ["iniconfig"]
`;
/** Requirements on stdin, an environment as argument: what pip would install. */
const EVALUATE = `import json, sys
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
environment = json.loads(sys.argv[1])
lines = [line.strip() for line in sys.stdin if line.strip() and not line.startswith(("#", "-"))]
needed = [one for one in map(Requirement, lines) if one.marker is None or one.marker.evaluate(environment)]
print(json.dumps(sorted(f"{canonicalize_name(one.name)} {str(one.specifier).removeprefix('==')}" for one in needed)))`;

const environmentOf = (version: string, platform: string) => ({
  implementation_name: 'cpython',
  implementation_version: `${version}.4`,
  platform_python_implementation: 'CPython',
  python_version: version,
  python_full_version: `${version}.4`,
  platform_machine: platform === 'win32' ? 'AMD64' : 'x86_64',
  platform_system: platform === 'win32' ? 'Windows' : 'Linux',
  sys_platform: platform,
  os_name: platform === 'win32' ? 'nt' : 'posix',
  platform_release: '',
  platform_version: '',
});

test('uv.lock, pylock.toml and requirements.txt of one project need the same packages', async () => {
  const folder = temporaryFolder();
  const python = referencePython();
  const uv = (...words: string[]) => run(path.join(path.dirname(python), 'uv'), words, { cwd: folder }).stdout;
  fs.writeFileSync(path.join(folder, 'pyproject.toml'), PROJECT);
  uv('lock', '--quiet');
  const common = ['export', '--quiet', '--no-dev', '--no-emit-project', '--no-annotate', '--no-header'];
  fs.writeFileSync(path.join(folder, 'requirements.txt'), uv(...common));
  fs.writeFileSync(path.join(folder, 'pylock.toml'), uv(...common, '--format', 'pylock.toml'));
  const bare = uv(...common, '--no-hashes');
  for (const [version, platform] of [
    ['3.10', 'linux'],
    ['3.12', 'win32'],
    ['3.13', 'linux'],
  ] as const) {
    const environment = environmentOf(version, platform);
    const expected = JSON.parse(run(python, ['-c', EVALUATE, JSON.stringify(environment)], { input: bare }).stdout);
    expect(expected.length).toBeGreaterThan(4);
    for (const name of ['uv.lock', 'pylock.toml', 'requirements.txt']) {
      const text = fs.readFileSync(path.join(folder, name), 'utf8');
      const lock = await readLock({ path: name, text, open: async () => undefined });
      expect(lock.findings, name).toEqual([]);
      const needed = neededOf(lock, environment);
      expect(needed.every(({ isCertain }) => isCertain)).toBe(true);
      expect(needed.map(({ locked }) => `${locked.name} ${locked.version}`).sort(), `${name} ${version}`).toEqual(
        expected,
      );
      if (name !== 'pylock.toml') continue;
      for (const { locked } of needed) expect(locked.hashes.length, locked.name).toBeGreaterThan(0);
    }
  }
});
