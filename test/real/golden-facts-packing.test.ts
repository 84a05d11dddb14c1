/** Facts G17 to G25 about what other packagers lose: here nothing is lost silently. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type InspectedJson, openCli, type PackedJson } from './_cli.ts';
import { blobOf, contentOf, manifestOf } from './_layouts.ts';
import { type Files, waybillFile, writePackage } from './_packages.ts';
import { temporaryFolder } from './_run.ts';
import { checkSums, digestOf, treeOf } from './_trees.ts';

const place = temporaryFolder();
const cli = openCli(place);
const inPlace = (name: string) => path.join(place, name);

/** Packs these files under a name of their own. @returns what is in the package, by path */
function pack(name: string, files: Files, components: Readonly<Record<string, string[]>>): InspectedJson {
  const source = inPlace(name);
  writePackage(source, files, waybillFile(`acme/${name}`, '1.0.0', components));
  cli.run('pack', source, '--strict');
  return cli.json<InspectedJson>('inspect', `acme/${name}:1.0.0`);
}

/** What the author put in. */
function ownFiles({ files }: InspectedJson): InspectedJson['files'] {
  return files.filter(({ path }) => path !== 'waybill.yaml' && path !== 'SHA256SUMS');
}

test('G17 two files with the same bytes are both restored, and are one blob', () => {
  const files = { 'a/__init__.py': 'x = 1\n', 'b/__init__.py': 'x = 1\n', LICENSE: 'MIT\n', 'docs/LICENSE': 'MIT\n' };
  const inspected = pack('twins', files, { code: ['a/**', 'b/**'], docs: ['LICENSE', 'docs/**'] });
  expect(ownFiles(inspected).map(({ path }) => path)).toEqual(Object.keys(files));

  const { blobs } = cli.json<{ blobs: number }>('copy', 'acme/twins:1.0.0', `oci:${inPlace('twins-layout')}`);
  const { layers } = manifestOf(cli.store, inspected.digest);
  expect(layers).toHaveLength(6);
  expect(blobs).toBe(contentOf(cli.store, inspected.digest).length);
  expect(blobs).toBe(6 - 2 + 2);
  cli.run('unpack', 'acme/twins:1.0.0', inPlace('twins-files'));
  checkSums(inPlace('twins-files'));
  for (const [name, content] of Object.entries(files))
    expect(fs.readFileSync(path.join(inPlace('twins-files'), name), 'utf8')).toBe(content);
});

test('G18 an empty file is a layer of size 0 and is restored', () => {
  const inspected = pack('empty', { 'empty.txt': '' }, { docs: ['empty.txt'] });
  expect(ownFiles(inspected)).toMatchObject([{ path: 'empty.txt', size: 0, digest: digestOf('') }]);
  cli.run('unpack', 'acme/empty:1.0.0', inPlace('empty-files'));
  expect(fs.readFileSync(path.join(inPlace('empty-files'), 'empty.txt'), 'utf8')).toBe('');
});

test.each(['a\\..\\x', 'C:\\x', 'C:x', 'line\nbreak', 'del\x7f'])(
  'G19 pack refuses the name %j and leaves no name in the store',
  (name) => {
    const source = inPlace(`named-${digestOf(name).slice(7, 15)}`);
    writePackage(source, { [`docs/${name}`]: 'x', [name]: 'x' }, waybillFile('acme/named', '1.0.0', { docs: ['**'] }));
    const { status, stdout } = cli.attempt('pack', source, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe('PATH_INVALID');
    expect(cli.attempt('inspect', 'acme/named:1.0.0').status).toBe(2);
  },
);

test.each(['../x', '/x', 'a/../../x'])('G19 a component cannot name %s', (name) => {
  const source = inPlace(`component-${digestOf(name).slice(7, 15)}`);
  writePackage(source, { 'a/y': 'y' }, waybillFile('acme/component', '1.0.0', { docs: ['a/y', name] }));
  fs.writeFileSync(inPlace('x'), 'outside');
  const { status, stdout } = cli.attempt('pack', source, '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout).error.code).toBe('WAYBILL_FILE_INVALID');
});

test('G22 data are dataset layers', () => {
  const inspected = pack('dataset', { 'data/reference.csv': 'a\n1\n' }, { data: ['data/**'] });
  expect(ownFiles(inspected)).toMatchObject([
    { component: 'data', mediaType: 'application/vnd.cncf.model.dataset.v1.raw' },
  ]);
  expect(blobOf(cli.store, ownFiles(inspected)[0]?.digest ?? '').toString('utf8')).toBe('a\n1\n');
});

test('G24 overlapping patterns give one layer for each path, and a name with brackets is a name', () => {
  const files = { 'w/model[1].bin': '1', 'w/model[2].bin': '2', 'w/model1.bin': '3' };
  const inspected = pack('overlap', files, { weights: ['w/model[1].bin', 'w/*.bin', 'w/**'] });
  expect(ownFiles(inspected).map(({ path }) => path)).toEqual(['w/model1.bin', 'w/model[1].bin', 'w/model[2].bin']);

  const literal = pack('literal', { 'w/model[1].bin': '1' }, { weights: ['w/model[1].bin'] });
  expect(ownFiles(literal)).toMatchObject([{ path: 'w/model[1].bin', digest: digestOf('1') }]);
});

test('G25 a link inside the folder is packed as the file it points to', () => {
  const source = inPlace('linked');
  const text = waybillFile('acme/linked', '1.0.0', {
    weights: ['model.bin', 'blobs/**'],
    code: ['lib/**', 'alias/**'],
  });
  writePackage(source, { 'blobs/abc': 'weights', 'lib/a.py': 'a' }, text);
  fs.symlinkSync('blobs/abc', path.join(source, 'model.bin'));
  fs.symlinkSync('lib', path.join(source, 'alias'));
  const { digest } = cli.json<PackedJson>('pack', source, '--strict');
  cli.run('unpack', `acme/linked@${digest}`, inPlace('linked-files'));
  const found = Object.fromEntries(treeOf(inPlace('linked-files')).map(({ path, digest }) => [path, digest]));
  expect(found).toMatchObject({
    'model.bin': digestOf('weights'),
    'blobs/abc': digestOf('weights'),
    'lib/a.py': digestOf('a'),
    'alias/a.py': digestOf('a'),
  });
});

test.each([
  ['to a file outside', '../x'],
  ['to an absolute path', '/etc/hostname'],
  ['to nothing', 'absent'],
])('G25 a link that leads %s is refused by name', (_, target) => {
  const name = `away-${digestOf(target).slice(7, 15)}`;
  writePackage(inPlace(name), { 'README.md': 'x' }, waybillFile('acme/away', '1.0.0', { docs: ['README.md', 'link'] }));
  fs.symlinkSync(target, path.join(inPlace(name), 'link'));
  fs.writeFileSync(inPlace('x'), 'outside');
  const { status, stdout } = cli.attempt('pack', inPlace(name), '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'PATH_INVALID',
    message: expect.stringContaining('"link"'),
  });
});
