/** kit restores what we pack, as far as it goes; we restore what it packs as ModelPack and in its own form. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCli, type VerifiedJson } from './_cli.ts';
import { type PackageName, tinyFiles, writeFiles } from './_packages.ts';
import { offerPackages, restoredAt } from './_peers.ts';
import { useRegistry } from './_registry.ts';
import { attempt, type Outcome, temporaryFolder, tool } from './_run.ts';
import { commandOf } from './_tools.ts';
import { checkSums, treeOf } from './_trees.ts';

const place = temporaryFolder();
const cli = openCli(place);
const registry = useRegistry(place);
const inPlace = (name: string) => path.join(place, name);

offerPackages(place, cli, registry);

const kitHome = inPlace('kit');
const kitEnv = { KITOPS_HOME: kitHome, DO_NOT_TRACK: '1' };

function unpack(name: PackageName, folder: string): Outcome {
  return attempt(commandOf('kit'), ['unpack', '--plain-http', `${registry.host}/acme/${name}:1`, '-d', folder], {
    env: kitEnv,
  });
}

test('unpack restores all of a package of raw layers', () => {
  const folder = inPlace('kit-tiny');
  expect(unpack('tiny', folder)).toMatchObject({ status: 0 });
  checkSums(folder);
  expect(treeOf(folder)).toEqual(treeOf(restoredAt(place, 'tiny')));
});

test('unpack restores bundles where their folders are there already', () => {
  const folder = inPlace('kit-bundled');
  for (const name of ['inference/part', 'docs']) fs.mkdirSync(path.join(folder, name), { recursive: true });
  expect(unpack('bundled', folder)).toMatchObject({ status: 0 });
  checkSums(folder);
  expect(treeOf(folder)).toEqual(treeOf(restoredAt(place, 'bundled')));
});

test.each<[PackageName, string, string]>([
  ['raw', 'two dots in a name', 'docs/...'],
  ['bundled', 'bundles without their folders', 'no such file or directory'],
])('unpack of the %s package stops at %s, and says so', (name, _, said) => {
  const { status, stderr, stdout } = unpack(name, inPlace(`kit-stops-at-${name}`));
  expect(status).toBe(1);
  expect(stdout + stderr).toContain(said);
});

test.each([
  ['tar', 'none'],
  ['tar', 'gzip'],
  ['tar', 'zstd'],
  ['raw', 'none'],
])('what pack --use-model-pack writes as %s with compression %s is verified and restored', (format, compression) => {
  const layout = pack(['--use-model-pack', '--layer-format', format, '--compression', compression]);
  const verified = cli.json<VerifiedJson>('verify', layout);
  expect(verified).toMatchObject({ verdict: 'pass', fileCount: Object.keys(tinyFiles).length });
  expect(verified.findings.map(({ rule }) => rule)).toEqual(['no-sums']);
  const folder = inPlace(`from-kit-${format}-${compression}`);
  cli.run('unpack', layout, folder);
  expect(treeOf(folder)).toEqual(treeOf(inPlace('kit-source')));
});

test.each([
  ['tar', 'none'],
  ['tar', 'gzip'],
  ['tar', 'zstd'],
  ['raw', 'none'],
  ['raw', 'gzip'],
  ['raw', 'zstd'],
])('a native ModelKit as %s with compression %s is verified and restored', (format, compression) => {
  const layout = pack(['--layer-format', format, '--compression', compression]);
  const verified = cli.json<VerifiedJson>('verify', layout);
  expect(verified).toMatchObject({ verdict: 'pass', fileCount: Object.keys(tinyFiles).length });
  expect(verified.findings.map(({ rule }) => rule)).toEqual(['no-sums']);
  const folder = inPlace(`from-modelkit-${format}-${compression}`);
  cli.run('unpack', layout, folder);
  expect(treeOf(folder)).toEqual(treeOf(inPlace('kit-source')));
});

/** Packs the tiny files; kit's own storage is a layout. @returns where the artifact is */
function pack(words: readonly string[]): string {
  writeFiles(inPlace('kit-source'), tinyFiles);
  writeFiles(place, {
    Kitfile: [
      'manifestVersion: 1.0.0',
      'package: { name: tiny, version: 1.0.0 }',
      'model: { name: tiny, path: model.safetensors, parts: [{ path: config.json }, { path: sub/tokenizer.json }] }',
      'code: [{ path: inference.py }]',
      'docs: [{ path: LICENSE }, { path: README.md }, { path: empty.txt }]',
      '',
    ].join('\n'),
  });
  const all = ['pack', inPlace('kit-source'), '-f', inPlace('Kitfile'), '-t', 'acme/tiny:1', ...words];
  const { stdout } = tool('kit', all, { env: kitEnv });
  return `oci:${path.join(kitHome, 'storage')}@${/Model saved: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1]}`;
}
