/** modctl, ModelPack's own tool, restores what we pack; what it builds is restored by us. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { type InspectedJson, openCli, type VerifiedJson } from './_cli.ts';
import { type PackageName, tinyFiles, writeFiles } from './_packages.ts';
import { offerPackages, restoredAt } from './_peers.ts';
import { useRegistry } from './_registry.ts';
import { type Outcome, temporaryFolder, tool } from './_run.ts';
import { checkSums, pathsOf, treeOf } from './_trees.ts';

const place = temporaryFolder();
const cli = openCli(place);
const registry = useRegistry(place);
const inPlace = (name: string) => path.join(place, name);

offerPackages(place, cli, registry);

function modctl(words: readonly string[]): Outcome {
  const own = ['--storage-dir', inPlace('modctl'), '--log-dir', inPlace('modctl-logs'), '--no-progress'];
  return tool('modctl', [...own, ...words]);
}

test.each<PackageName>(['raw', 'bundled'])('pull --extract-from-remote restores all of the %s package', (name) => {
  const folder = inPlace(`modctl-direct-${name}`);
  modctl(['pull', '--plain-http', '--extract-from-remote', '--extract-dir', folder, `${registry.host}/acme/${name}:1`]);
  checkSums(folder);
  expect(treeOf(folder)).toEqual(treeOf(restoredAt(place, name)));
});

test.each<PackageName>(['raw', 'bundled'])('pull, then extract restores all of the %s package', (name) => {
  const folder = inPlace(`modctl-${name}`);
  modctl(['pull', '--plain-http', `${registry.host}/acme/${name}:1`]);
  modctl(['extract', `${registry.host}/acme/${name}:1`, '--output', folder]);
  checkSums(folder);
  expect(treeOf(folder)).toEqual(treeOf(restoredAt(place, name)));
});

test('what 0.2.2 builds has the names from before ModelPack, and is verified and restored', () => {
  const source = inPlace('modctl-source');
  writeFiles(source, { ...tinyFiles, Modelfile: 'NAME tiny\nMODEL model.safetensors\nDOC README.md\n' });
  modctl(['build', '-t', `${registry.host}/acme/built:1`, '-f', path.join(source, 'Modelfile'), source]);
  modctl(['push', '--plain-http', `${registry.host}/acme/built:1`]);
  const layout = inPlace('modctl-built');
  tool('oras', ['cp', '--from-plain-http', `${registry.host}/acme/built:1`, '--to-oci-layout', `${layout}:1`]);

  expect(cli.json<VerifiedJson>('verify', `oci:${layout}`)).toMatchObject({ verdict: 'pass', fileCount: 2 });
  const { dialect, artifactType } = cli.json<InspectedJson>('inspect', `oci:${layout}`);
  expect([dialect.id, artifactType]).toEqual(['cnai', 'application/vnd.cnai.model.manifest.v1+json']);
  cli.run('unpack', `oci:${layout}`, inPlace('from-modctl'));
  expect(pathsOf(inPlace('from-modctl'))).toEqual(['README.md', 'model.safetensors']);
});
