/** SHA256SUMS is what coreutils' sha256sum reads and writes, whatever the files are called. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openCli } from './_cli.ts';
import { type Files, waybillFile, writePackage } from './_packages.ts';
import { attempt, run, temporaryFolder, tool } from './_run.ts';
import { pathsOf } from './_trees.ts';

const files: Files = {
  'plain.txt': 'plain\n',
  'with blanks  in it.txt': 'blanks\n',
  ' leading blank': 'blank\n',
  'trailing blank ': 'blank\n',
  '*binary mark': 'star\n',
  '-c': 'an option\n',
  '--help': 'another option\n',
  '-/-': 'a folder that is a dash\n',
  '.hidden': 'dot\n',
  '..two': 'dots\n',
  'a..b': 'dots\n',
  'größe.txt': 'umlauts\n',
  '日本語/重み.bin': 'weights\n',
  '🙂': 'beyond the basic plane\n',
  'e\u0301.txt': 'not composed\n',
  'no:b|c?d"e<f>g': 'not for Windows\n',
  "it's $HOME `x` !": 'not for the shell\n',
  empty: '',
  'SHA256SUMS.txt': 'not the list\n',
  'deep/SHA256SUMS': 'not the list either\n',
};

const place = temporaryFolder();
const cli = openCli(place);
const restored = path.join(place, 'restored');

beforeAll(() => {
  const source = path.join(place, 'source');
  writePackage(source, files, waybillFile('acme/names', '1.0.0', { docs: ['**'] }));
  cli.run('pack', source, '--strict');
  cli.run('unpack', 'acme/names:1.0.0', restored);
});

test('every file is restored under its name', () => {
  expect(pathsOf(restored)).toEqual([...Object.keys(files), 'waybill.yaml', 'SHA256SUMS'].sort());
});

test.each(['C', 'C.UTF-8', 'POSIX'])('sha256sum -c passes in the locale %s', (locale) => {
  const { stdout } = tool('sha256sum', ['--strict', '--warn', '-c', 'SHA256SUMS'], {
    cwd: restored,
    env: { LC_ALL: locale },
  });
  expect(stdout.trim().split('\n')).toHaveLength(Object.keys(files).length + 1);
});

test('sha256sum writes the same list, line for line, when it is given the files in our order', () => {
  const text = fs.readFileSync(path.join(restored, 'SHA256SUMS'), 'utf8');
  const paths = text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
  expect(tool('sha256sum', ['--', ...paths], { cwd: restored }).stdout).toBe(text);
});

test('the order is the one of sort in the C locale', () => {
  const text = fs.readFileSync(path.join(restored, 'SHA256SUMS'), 'utf8');
  const paths = text.replaceAll(/^.{66}/gm, '');
  expect(run('sort', [], { input: paths, env: { LC_ALL: 'C' } }).stdout).toBe(paths);
});

test.each(['-c', '日本語/重み.bin', 'empty'])('sha256sum -c notices a change of %s', (name) => {
  const file = path.join(restored, name);
  const before = fs.readFileSync(file);
  fs.appendFileSync(file, '!');
  expect(attempt('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: restored }).status).toBe(1);
  fs.writeFileSync(file, before);
});
