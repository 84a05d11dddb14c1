/** Our bundles in the hands of GNU tar, Python's tarfile and Go's archive/tar: all see the same. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type InspectedJson, openCli, type PackedJson } from './_cli.ts';
import { blobOf, manifestOf } from './_layouts.ts';
import { type Files, numbered, waybillFile, writePackage } from './_packages.ts';
import { repository, run, temporaryFolder, tool } from './_run.ts';
import { checkSums, treeOf } from './_trees.ts';

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly digest: string;
  readonly mode: number;
  readonly type: string;
}

const BLOCK = 512;
const part = (length: number, sign = 'p') => sign.repeat(length);

/** Names at and beyond every limit of the header, and sizes around a block. */
const odd: Files = {
  'code/-rf': 'a dash\n',
  'code/ leading blank': 'blank\n',
  'code/a..b': 'dots\n',
  'code/*?[x]{y}': 'signs\n',
  [`code/${part(95)}`]: 'the name has 100 bytes\n',
  [`code/${part(96)}`]: 'the name has 101 bytes\n',
  [`code/${part(149)}/${part(100, 'n')}`]: 'prefix and name are full\n',
  [`code/${part(150)}/${part(101, 'n')}`]: 'neither is enough\n',
  [`code/${part(200)}/${part(200, 'n')}/${part(200, 'o')}.py`]: 'more than 255 bytes\n',
  [`code/${part(255, 'q')}`]: 'one part of 255 bytes\n',
  'code/größe/日本語.py': 'not ASCII\n',
  [`code/${part(80, 'ü')}/${part(80, '語')}`]: 'not ASCII and long\n',
  'code/🙂.py': 'beyond the basic plane\n',
  'code/empty': '',
  'code/block-1': part(BLOCK - 1),
  'code/block': part(BLOCK),
  'code/block+1': part(BLOCK + 1),
  'code/run.sh': '#!/bin/sh\nexit 0\n',
};
const files: Files = { ...odd, ...numbered(60, (n) => [`code/small/${n}`, `${n}\n`]) };

const place = temporaryFolder();
const cli = openCli(place);
const inPlace = (name: string) => path.join(place, name);
const utf8 = { env: { LC_ALL: 'C.UTF-8' } };
let tar: Buffer;
let expected: readonly Entry[];

beforeAll(() => {
  writePackage(inPlace('source'), files, waybillFile('acme/tar', '1.0.0', { code: ['code/**'] }));
  const { digest } = cli.json<PackedJson>('pack', inPlace('source'), '--strict');
  const bundles = manifestOf(cli.store, digest).layers.filter(({ mediaType }) => mediaType.endsWith('.v1.tar'));
  expect(bundles).toHaveLength(1);
  tar = blobOf(cli.store, bundles[0]?.digest ?? '');
  expected = cli
    .json<InspectedJson>('inspect', 'acme/tar:1.0.0')
    .files.filter(({ mediaType }) => mediaType.endsWith('.v1.tar'))
    .map(({ path, size, digest, mode }) => ({ path, size, digest, mode: Number.parseInt(mode, 8), type: '0' }));
  expect(expected.map((entry) => entry.path).sort()).toEqual(Object.keys(files).sort());
  fs.mkdirSync(inPlace('gnu'));
  fs.mkdirSync(inPlace('python'));
});

function entriesOf(lines: string): readonly Record<string, unknown>[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('GNU tar lists the files in their order', () => {
  const { stdout } = tool('tar', ['--quoting-style=literal', '-tf', '-'], { ...utf8, input: tar });
  expect(stdout.trimEnd().split('\n')).toEqual(expected.map((entry) => entry.path));
});

test("Python's tarfile finds the same entries, owned by nobody at no time, and exactly two blocks of zeros behind them", () => {
  const { stdout } = tool('python3', [path.join(repository, 'test/real/list-tar.py')], { input: tar });
  const found = entriesOf(stdout);
  expect(found.map(({ path, size, digest, mode, type }) => ({ path, size, digest, mode, type }))).toEqual(expected);
  expect(new Set(found.map(({ owner }) => JSON.stringify(owner)))).toEqual(new Set(['[0,0,"","",0]']));
  const end = Number(found.at(-1)?.['end']);
  expect(tar.length - end).toBe(2 * BLOCK);
  expect(tar.subarray(end).every((byte) => byte === 0)).toBe(true);
});

test("Go's archive/tar finds the same entries", () => {
  const { stdout } = run('go', ['run', path.join(repository, 'test/real/archive-tar/main.go')], {
    input: tar,
    cwd: place,
    env: { GOWORK: 'off', GOFLAGS: '' },
  });
  expect(entriesOf(stdout)).toEqual(expected);
});

test.each([
  ['GNU tar', 'gnu', ['tar', '-xf', '-']],
  ["Python's tarfile", 'python', ['python3', '-m', 'tarfile', '-e', '../bundle.tar', '.']],
])('%s extracts the same tree beside the other files; sha256sum -c passes', (_, name, [command = '', ...words]) => {
  fs.writeFileSync(inPlace('bundle.tar'), tar);
  cli.run('unpack', 'acme/tar:1.0.0', inPlace(name), '--only', 'docs', '--force');
  const waybillYaml = fs.readFileSync(path.join(inPlace('source'), 'waybill.yaml'));
  fs.writeFileSync(path.join(inPlace(name), 'waybill.yaml'), waybillYaml);
  run(command, words, { ...utf8, cwd: inPlace(name), input: tar });
  checkSums(inPlace(name));
  cli.run('unpack', 'acme/tar:1.0.0', inPlace('ours'), '--force');
  expect(treeOf(inPlace(name))).toEqual(treeOf(inPlace('ours')));
});
