import { expect, test } from 'vitest';
import { type RecordedHost, recordedHost } from '../../../../test/_support/recorded-host.ts';
import { pythonFacts } from './python.ts';

const answer = (executable: string, sites: readonly string[] = []) =>
  JSON.stringify(['3.12.4', 'cpython', executable, sites, '/home/ada/.local/lib/python3.12/site-packages']);
const dist = (name: string, version: string) =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: x\n\nName: other\n`;
const facts = async (host: RecordedHost, python?: string) => (await pythonFacts(recordedHost(host), { python })).python;

test('pythonFacts() of the system: the first folder that has a distribution decides', async () => {
  const host = {
    programs: {
      'python3 -I -S -c': `${answer('/usr/bin/python3', ['/usr/local/lib/python3.12/dist-packages', '/usr/lib/python3/dist-packages'])}\n`,
    },
    files: {
      '/home/ada/.local/lib/python3.12/site-packages/numpy-2.1.0.dist-info/METADATA': dist('numpy', '2.1.0'),
      '/usr/local/lib/python3.12/dist-packages/numpy-1.26.4.dist-info/METADATA': dist('numpy', '1.26.4'),
      '/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO': dist('PyYAML', '6.0'),
      '/usr/lib/python3/dist-packages/six-1.16.0.egg-info': dist('six', '1.16.0'),
      '/usr/lib/python3/dist-packages/~orch-2.0.dist-info/RECORD': '',
      '/usr/lib/python3/dist-packages/numpy/__init__.py': '',
    },
  };
  expect(await facts(host)).toEqual({
    version: '3.12.4',
    implementation: 'cpython',
    executable: '/usr/bin/python3',
    packages: { numpy: '2.1.0', pyyaml: '6.0', six: '1.16.0' },
  });
});

test('pythonFacts() of a virtual environment, by its folder: nothing of the system', async () => {
  const files = {
    '/srv/venv/pyvenv.cfg': 'home = /usr/bin\ninclude-system-site-packages = false\n',
    '/srv/venv/lib/python3.12/site-packages/torch-2.10.0+cu126.dist-info/METADATA': dist(
      'torch',
      '2.10.0+cu126',
    ).replaceAll('\n', '\r\n'),
    '/usr/lib/python3/dist-packages/numpy-1.26.4.dist-info/METADATA': dist('numpy', '1.26.4'),
  };
  const said = answer('/srv/venv/bin/python3', ['/usr/lib/python3/dist-packages']);
  const host = { files, programs: { '/srv/venv/bin/python3 -I -S -c': said } };
  expect((await facts(host, '/srv/venv'))?.packages).toEqual({ torch: '2.10.0+cu126' });
  const open = { ...files, '/srv/venv/pyvenv.cfg': 'include-system-site-packages = true\n' };
  expect((await facts({ ...host, files: open }, '/srv/venv'))?.packages).toEqual({
    numpy: '1.26.4',
    torch: '2.10.0+cu126',
  });
});

test('pythonFacts() knows that there is none, and when it cannot tell', async () => {
  expect(await facts({})).toBeNull();
  expect(
    await facts({ files: { '/usr/bin/python3': '' }, programs: { 'python3 -I -S -c': { status: 1 } } }),
  ).toBeUndefined();
  expect(await facts({}, '/no/python')).toBeUndefined();
  expect(await facts({ programFolders: [] })).toBeUndefined();
});

test.each(['', '[', '{}', '[1,2,3]', '["three"]', '["3.12\\u0000", "x"]', `["3.${'1'.repeat(10_000)}"]`])(
  'pythonFacts() takes %.30j for no answer',
  async (text) => {
    expect(await facts({ programs: { 'python3 -I -S -c': text } })).toBeUndefined();
  },
);

test('pythonFacts() takes names and versions only, and only from the headers', async () => {
  const folder = '/s';
  const files = {
    [`${folder}/a.dist-info/METADATA`]: 'Name: a b\nVersion: 1\n',
    [`${folder}/c.dist-info/METADATA`]: '\nName: c\nVersion: 1\n',
    [`${folder}/d.dist-info/METADATA`]: `${'X: y\n'.repeat(10_000)}Name: d\nVersion: 1\n`,
    [`${folder}/e.dist-info/METADATA`]: 'Name: E_e\nVersion: 1.0\n',
  };
  const host = { programs: { 'python3 -I -S -c': JSON.stringify(['3.9.2', 'cpython', '', [folder, 7], 8]) }, files };
  expect(await facts(host)).toEqual({ version: '3.9.2', implementation: 'cpython', packages: { 'e-e': '1.0' } });
});
