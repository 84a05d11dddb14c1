/** Facts G1, G2 and G4: what modctl builds of the fixture, byte for byte, beside what we pack of it. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { problemOfConfig } from '../../src/model/artifact/config.ts';
import { openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { FILEPATH, type LayoutManifest, manifestOf, writeModelLayout } from './_layouts.ts';
import { tinyDigests, tinyFiles, tinyWaybillFile, writeFiles, writePackage } from './_packages.ts';
import { fetchManifest, useRegistry } from './_registry.ts';
import { temporaryFolder, tool } from './_run.ts';
import { digestOf } from './_trees.ts';

const place = temporaryFolder();
const cli = openCli(place);
const registry = useRegistry(place);
const inPlace = (name: string) => path.join(place, name);
const source = inPlace('tiny');
let packed: PackedJson;
let manifest: LayoutManifest;

beforeAll(() => {
  writePackage(source, tinyFiles, tinyWaybillFile);
  packed = cli.json<PackedJson>('pack', source);
  manifest = manifestOf(cli.store, packed.digest);
});

/** The fixture's layers in the order of modctl: kind, then path. */
const order = [
  ['weight.config', 'config.json'],
  ['weight.config', 'sub/tokenizer.json'],
  ['weight', 'model.safetensors'],
  ['code', 'inference.py'],
  ['doc', 'LICENSE'],
  ['doc', 'README.md'],
  ['doc', 'empty.txt'],
] as const;
const ordered = order.map(([kind, file]) => ({ kind, file, digest: tinyDigests[file], size: sizeOf(file) }));

function sizeOf(file: keyof typeof tinyDigests): number {
  return Buffer.byteLength(tinyFiles[file] ?? '');
}

/** What modctl 0.2.2 writes as configuration for the fixture, without a creation time. */
const modctlConfig = JSON.stringify({
  descriptor: { family: 'tiny', name: 'tiny' },
  modelfs: { type: 'layers', diffIds: ordered.map(({ digest }) => digest) },
  config: { architecture: 'transformer', format: 'safetensors', paramSize: '4', precision: 'float32' },
});

const Modelfile = [
  'NAME tiny',
  'FAMILY tiny',
  'ARCH transformer',
  'FORMAT safetensors',
  'PARAMSIZE 4',
  'PRECISION float32',
  'CONFIG config.json',
  'CONFIG sub/tokenizer.json',
  'MODEL model.safetensors',
  'CODE inference.py',
  'DOC LICENSE',
  'DOC README.md',
  'DOC empty.txt',
  '',
].join('\n');
const digests: string[] = [];
let built: LayoutManifest;

beforeAll(async () => {
  writeFiles(inPlace('modctl-source'), { ...tinyFiles, Modelfile });
  for (const tag of ['1', '2']) {
    const own = ['--storage-dir', inPlace('modctl'), '--log-dir', inPlace('modctl-logs'), '--no-progress'];
    const words = ['--no-creation-time', '-f', inPlace('modctl-source/Modelfile'), inPlace('modctl-source')];
    tool('modctl', [...own, 'build', '-t', `${registry.host}/g/tiny:${tag}`, ...words]);
    tool('modctl', [...own, 'push', '--plain-http', `${registry.host}/g/tiny:${tag}`]);
    const { bytes } = await fetchManifest(registry, 'g/tiny', tag);
    digests.push(digestOf(bytes));
    built = JSON.parse(bytes.toString('utf8'));
    // Its Modelfile annotation states the second.
    await setTimeout(1_100);
  }
});

test('G1 its layers are the files, raw, in this order; ours are in the same, SHA256SUMS and waybill.yaml among them', () => {
  const shape = ({ mediaType, digest, size }: LayoutManifest['layers'][number]) => ({
    // 0.2.2 writes the names from before ModelPack.
    kind: /^application\/vnd\.(?:cncf|cnai)\.model\.(.+)\.v1\.raw$/.exec(mediaType)?.[1],
    digest,
    size,
  });
  const wanted = ordered.map(({ kind, digest, size }) => ({ kind, digest, size }));
  expect(built.layers.map(shape)).toEqual(wanted);
  const ours = manifest.layers.filter(({ annotations }) => (annotations?.[FILEPATH] ?? '') in tinyDigests);
  expect(ours.map(shape)).toEqual(wanted);
  expect(manifest.layers.map(({ annotations }) => annotations?.[FILEPATH])).toEqual([
    'config.json',
    'sub/tokenizer.json',
    'model.safetensors',
    'inference.py',
    'waybill.yaml',
    'LICENSE',
    'README.md',
    'SHA256SUMS',
    'empty.txt',
  ]);
});

test('G2 its configuration is these 705 bytes; we accept it, in an artifact with ModelPack names', () => {
  expect(built.config).toMatchObject({
    digest: 'sha256:b94105feb1b45c18fc3f27226fb5c106b4e35491dfc4feedb7fa5d78332e6b01',
    size: 705,
  });
  expect(digestOf(modctlConfig)).toBe(built.config.digest);
  expect(problemOfConfig(JSON.parse(modctlConfig))).toBeUndefined();
  const layers = ordered.map(({ kind, file }) => ({
    mediaType: `application/vnd.cncf.model.${kind}.v1.raw`,
    content: tinyFiles[file] ?? '',
    annotations: { [FILEPATH]: file },
  }));
  writeModelLayout(inPlace('as-modctl'), layers, { config: modctlConfig });
  expect(cli.json<VerifiedJson>('verify', `oci:${inPlace('as-modctl')}`)).toMatchObject({
    verdict: 'pass',
    fileCount: 7,
  });
});

test('G4 two of its builds a second apart differ; two of ours do not', () => {
  expect(digests[0]).not.toBe(digests[1]);
  expect(cli.json<PackedJson>('pack', source, '--no-cache').digest).toBe(packed.digest);
});
