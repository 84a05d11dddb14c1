/** What convert writes, restored by the programs whose forms these are. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type FindingJson, type InspectedJson, openCli, type PackedJson } from './_cli.ts';
import {
  bundledFiles,
  type PackageName,
  packages,
  rawFiles,
  tinyFiles,
  writeFiles,
  writePackage,
} from './_packages.ts';
import { useRegistry } from './_registry.ts';
import { attempt, temporaryFolder, tool } from './_run.ts';
import { commandOf } from './_tools.ts';
import { checkSums, treeOf } from './_trees.ts';

interface ConvertedJson {
  readonly reference: string;
  readonly digest: string;
  readonly blobsReused: number;
  readonly layerCount: number;
  readonly bytesWritten: number;
  readonly findings: readonly FindingJson[];
}

const place = temporaryFolder();
const cli = openCli(place);
const registry = useRegistry(place);
const inPlace = (name: string) => path.join(place, name);
const at = (name: string) => `${registry.host}/acme/${name}`;

const digests = new Map<PackageName, string>();
beforeAll(() => {
  for (const [name, { files, text }] of Object.entries(packages)) {
    writePackage(inPlace(name), files, text);
    digests.set(name as PackageName, cli.json<PackedJson>('pack', inPlace(name)).digest);
    cli.run('unpack', packages[name as PackageName].name, inPlace(`${name}-restored`));
  }
});

/** Converts one of the packages, and offers the result in the registry as `acme/NAME:FORM`. */
function offer(name: PackageName, form: string): ConvertedJson {
  const converted = cli.json<ConvertedJson>('convert', packages[name].name, '--to', form);
  cli.run('copy', '--plain-http', converted.reference, at(`${name}:${form}`));
  return converted;
}

const restored = (name: PackageName) => treeOf(inPlace(`${name}-restored`));

test('kit unpacks and inspects a ModelKit of raw layers, in which nothing had to be written but documents', () => {
  const { layerCount, blobsReused, bytesWritten } = offer('tiny', 'kit');
  expect(blobsReused).toBe(layerCount);
  expect(bytesWritten).toBeLessThan(10_000);
  const folder = inPlace('kit-tiny');
  const env = { KITOPS_HOME: inPlace('kit'), DO_NOT_TRACK: '1' };
  tool('kit', ['unpack', '--plain-http', at('tiny:kit'), '-d', folder], { env });
  checkSums(folder);
  expect(treeOf(folder).filter(({ path }) => path !== 'Kitfile')).toEqual(restored('tiny'));
  const { stdout } = tool('kit', ['inspect', '--plain-http', '--remote', at('tiny:kit')], { env });
  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({
    kitfile: { package: { name: 'acme/tiny', version: '1.0.0' }, model: { path: 'model.safetensors' } },
  });
});

test('kit unpacks what it could not unpack before: bundles and twins', () => {
  offer('bundled', 'kit');
  const folder = inPlace('kit-bundled');
  const env = { KITOPS_HOME: inPlace('kit'), DO_NOT_TRACK: '1' };
  tool('kit', ['unpack', '--plain-http', at('bundled:kit'), '-d', folder], { env });
  checkSums(folder);
  expect(treeOf(folder).filter(({ path }) => path !== 'Kitfile')).toEqual(restored('bundled'));
});

test('names that kit refuses are said before', () => {
  const { findings } = offer('raw', 'kit');
  expect(findings.filter(({ rule }) => rule === 'convert-kit-name').map((finding) => finding.path)).toEqual([
    'docs/...',
    'docs/a..b',
  ]);
  const env = { KITOPS_HOME: inPlace('kit'), DO_NOT_TRACK: '1' };
  const { status } = attempt(commandOf('kit'), ['unpack', '--plain-http', at('raw:kit'), '-d', inPlace('kit-raw')], {
    env,
  });
  expect(status).toBe(1);
});

test('Docker Model Runner pulls its own form, finds the weights, and has every file', () => {
  const { layerCount, blobsReused } = offer('tiny', 'docker');
  expect(blobsReused).toBe(layerCount);
  const { stdout } = tool('model-runner', ['pull', at('tiny:docker'), inPlace('dmr')]);
  const bundle = JSON.parse(stdout);
  expect(bundle).toMatchObject({ format: 'safetensors' });
  expect(path.basename(bundle.safetensors)).toBe('model.safetensors');
  expect(treeOf(path.join(bundle.folder, 'model'))).toEqual(restored('tiny'));
});

test('Docker Model Runner pulls ModelPack, too', () => {
  cli.run('copy', '--plain-http', packages.tiny.name, at('tiny:1'));
  const bundle = JSON.parse(tool('model-runner', ['pull', at('tiny:1'), inPlace('dmr')]).stdout);
  expect(treeOf(path.join(bundle.folder, 'model'))).toEqual(restored('tiny'));
});

test.each([
  ['docker', 'docker'],
  ['cncf', 'modelpack'],
] as const)('what Docker Model Runner packages as %s is verified and restored', (format, dialect) => {
  writeFiles(inPlace(`for-dmr-${format}`), tinyFiles);
  const reference = at(`dmr:${format}`);
  tool('model-runner', ['package', format, inPlace(`for-dmr-${format}`), reference]);
  expect(cli.json<InspectedJson>('inspect', '--plain-http', reference).dialect.id).toBe(dialect);
  cli.run('verify', '--plain-http', reference);
  cli.run('unpack', '--plain-http', reference, inPlace(`from-dmr-${format}`));
  expect(treeOf(inPlace(`from-dmr-${format}`))).toEqual(treeOf(inPlace(`for-dmr-${format}`)));
});

test('what Docker Model Runner packages of one file (v0.1) is verified and restored', () => {
  writeFiles(inPlace('for-dmr-file'), tinyFiles);
  const reference = at('dmr:file');
  const files = ['model.safetensors', 'LICENSE'].map((name) => path.join(inPlace('for-dmr-file'), name));
  tool('model-runner', ['package-file', ...files, reference]);
  cli.run('verify', '--plain-http', reference);
  cli.run('unpack', '--plain-http', reference, inPlace('from-dmr-file'));
  const wanted = treeOf(inPlace('for-dmr-file')).filter(({ path }) => ['LICENSE', 'model.safetensors'].includes(path));
  expect(treeOf(inPlace('from-dmr-file'))).toEqual(wanted);
});

test.each(['tiny', 'raw', 'bundled'] as const)(
  'the %s package is the very same again after kit and Docker Model Runner',
  (name) => {
    for (const form of ['kit', 'docker']) {
      const { reference } = cli.json<ConvertedJson>('convert', packages[name].name, '--to', form);
      const back = cli.json<ConvertedJson>('convert', reference, '--to', 'modelpack', '--tag', `acme/${name}:back`);
      // Docker Model Runner's form has no modes in its types, and ours keeps them in the annotation.
      expect(back.digest).toBe(digests.get(name));
    }
  },
);

test.each(['tar', 'raw'])('a ModelKit of kit, as %s, becomes what pack gives for the same files', (format) => {
  const source = inPlace(`kit-source-${format}`);
  writePackage(source, tinyFiles, packages.tiny.text);
  const kitfile = [
    'manifestVersion: 1.0.0',
    'package: { name: tiny, version: 1.0.0 }',
    'model: { path: model.safetensors, parts: [{ path: config.json }, { path: sub/tokenizer.json }] }',
    'code: [{ path: inference.py }, { path: waybill.yaml }]',
    'docs: [{ path: LICENSE }, { path: README.md }, { path: empty.txt }]',
    '',
  ].join('\n');
  fs.writeFileSync(inPlace('Kitfile'), kitfile);
  const env = { KITOPS_HOME: inPlace('kit'), DO_NOT_TRACK: '1' };
  const { stdout } = tool(
    'kit',
    ['pack', source, '-f', inPlace('Kitfile'), '-t', 'acme/k:1', '--layer-format', format],
    { env },
  );
  const kit = `oci:${path.join(inPlace('kit'), 'storage')}@${/Model saved: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1]}`;
  const converted = cli.json<ConvertedJson>('convert', kit, '--to', 'modelpack', '--tag', `acme/from-kit:${format}`);
  expect(converted.digest).toBe(digests.get('tiny'));

  cli.run('copy', '--plain-http', converted.reference, at(`from-kit:${format}`));
  const own = ['--storage-dir', inPlace('modctl'), '--log-dir', inPlace('modctl-logs'), '--no-progress'];
  const byModctl = inPlace(`modctl-${format}`);
  tool('modctl', [
    ...own,
    'pull',
    '--plain-http',
    '--extract-from-remote',
    '--extract-dir',
    byModctl,
    at(`from-kit:${format}`),
  ]);
  const byOras = inPlace(`oras-${format}`);
  fs.mkdirSync(byOras);
  tool('oras', ['pull', '--plain-http', at(`from-kit:${format}`), '-o', byOras]);
  for (const folder of [byModctl, byOras]) {
    checkSums(folder);
    expect(treeOf(folder).map(({ path, digest }) => [path, digest])).toEqual(
      restored('tiny').map(({ path, digest }) => [path, digest]),
    );
  }
});

test('these packages hold what the tests are about', () => {
  expect(Object.keys(bundledFiles).length).toBeGreaterThan(130);
  expect(Object.keys(rawFiles)).toContain('docs/a..b');
});
