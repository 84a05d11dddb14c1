import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TINY_FILES, writeFiles } from '../../test/_tiny.ts';
import { type Layout, openLayout } from '../oci/layout/layout.ts';
import { MAX_MANIFEST_SIZE } from '../oci/manifest.ts';
import { readContent } from '../oci/verified.ts';
import { noCache, openDigestCache } from './digest-cache.ts';
import { type PackOptions, pack } from './pack.ts';
import { readSource } from './source/read.ts';
import { unpack } from './unpack/unpack.ts';
import { verify } from './verify.ts';
import { sumsOfArtifact, sumsOfFolder, verifyFolder } from './verify-folder.ts';

let root: string;
let store: Layout;
beforeEach(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-pack-'));
  store = await openLayout(path.join(root, 'store'), 'write');
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

function lay(name: string, files: Readonly<Record<string, string | Buffer>> = TINY_FILES): string {
  const folder = path.join(root, name);
  writeFiles(folder, files);
  return folder;
}

const packFolder = (folder: string, options?: PackOptions) =>
  pack(readSource(folder), { store, cache: noCache }, options);

/** The digest of the fixture: it may change only together with the wire format. */
const GOLDEN = 'sha256:b1fe9209dbee7831ef85bbeba8a5c1680d79b31df3b1404b8c991e9c059f6360';

test('pack() gives the golden digest', async () => {
  expect((await packFolder(lay('tiny'))).manifest.digest).toBe(GOLDEN);
});

test('pack() writes layers in their order, each with both names, and SHA256SUMS among the docs', async () => {
  const { manifest } = await packFolder(lay('tiny'));
  const { layers, annotations, config } = JSON.parse(
    (await readContent(store, manifest, MAX_MANIFEST_SIZE, 'manifest')).toString(),
  );
  const short = layers.map(({ mediaType, annotations }: { mediaType: string; annotations: Record<string, string> }) => {
    expect(annotations['org.cncf.model.filepath']).toBe(annotations['org.opencontainers.image.title']);
    return `${mediaType.replace('application/vnd.cncf.model.', '')} ${annotations['org.cncf.model.filepath']}`;
  });
  expect(short).toEqual([
    'weight.config.v1.raw config.json',
    'weight.config.v1.raw sub/tokenizer.json',
    'weight.v1.raw model.safetensors',
    'code.v1.raw inference.py',
    'code.v1.raw waybill.yaml',
    'doc.v1.raw LICENSE',
    'doc.v1.raw README.md',
    'doc.v1.raw SHA256SUMS',
    'doc.v1.raw empty.txt',
  ]);
  expect(layers[2].annotations['org.cncf.model.file.metadata+json']).toBe(
    '{"name":"model.safetensors","mode":420,"uid":0,"gid":0,"size":112,"mtime":"1970-01-01T00:00:00Z","typeflag":0}',
  );
  expect(annotations).toEqual({
    'dev.waybill.set-digest': layers[7].digest,
    'org.opencontainers.image.description': 'A tiny model',
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.title': 'acme/tiny',
    'org.opencontainers.image.version': '1.0.0',
  });
  expect(config.mediaType).toBe('application/vnd.cncf.model.config.v1+json');
});

test('pack() depends on bytes, names and the x bit alone', async () => {
  const a = lay('a');
  const b = lay('b', Object.fromEntries(Object.entries(TINY_FILES).reverse()));
  for (const name of Object.keys(TINY_FILES)) {
    fs.chmodSync(path.join(b, name), 0o600);
    fs.utimesSync(path.join(b, name), 1, 1);
  }
  const digest = (await packFolder(a)).manifest.digest;
  expect((await packFolder(b)).manifest.digest).toBe(digest);
  fs.chmodSync(path.join(b, 'inference.py'), 0o700);
  expect((await packFolder(b)).manifest.digest).not.toBe(digest);
});

test('pack() after unpack() gives the same digest, SHA256SUMS in the folder or not', async () => {
  const { manifest } = await packFolder(lay('tiny'));
  await unpack(store, manifest, path.join(root, 'out'));
  expect(fs.existsSync(path.join(root, 'out/SHA256SUMS'))).toBe(true);
  expect((await packFolder(path.join(root, 'out'))).manifest.digest).toBe(manifest.digest);
});

const bundle = () => ({
  ...TINY_FILES,
  'waybill.yaml': `${String(TINY_FILES['waybill.yaml'])}  data: [data/**]\n`,
  ...Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`data/${index}.csv`, `row ${index}\n`])),
});

test('pack() bundles small files, and unpack() restores them with their modes', async () => {
  const folder = lay('many', bundle());
  fs.chmodSync(path.join(folder, 'data/7.csv'), 0o755);
  const { manifest, layerCount, fileCount } = await packFolder(folder);
  expect({ layerCount, fileCount }).toEqual({ layerCount: 10, fileCount: 79 });
  const { fileCount: restored } = await unpack(store, manifest, path.join(root, 'out'));
  expect(restored).toBe(79);
  expect(fs.statSync(path.join(root, 'out/data/7.csv')).mode & 0o777).toBe(0o755);
  expect(fs.statSync(path.join(root, 'out/data/8.csv')).mode & 0o777).toBe(0o644);
  expect((await verifyFolder(path.join(root, 'out'), sumsOfFolder(path.join(root, 'out')))).verdict).toBe('pass');
  expect((await packFolder(path.join(root, 'out'))).manifest.digest).toBe(manifest.digest);
});

test.each(['clone', 'link'] as const)(
  'pack() with %s reads nothing the second time, bundles included, and reads what changed',
  async (bring) => {
    const folder = lay('many', bundle());
    const later = Date.now() + 10_000;
    const run = async () => {
      using cache = openDigestCache(path.join(root, 'cache.sqlite'), later);
      return await pack(readSource(folder), { store, cache }, { bring });
    };
    const first = await run();
    expect(first.bytesRead).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ bytesRead: 0, bytesWritten: 0, manifest: { digest: first.manifest.digest } });
    // In a new file: with links the old one is shared with the store.
    fs.rmSync(path.join(folder, 'inference.py'));
    fs.writeFileSync(path.join(folder, 'inference.py'), 'print(2)\n');
    const changed = await run();
    expect(changed.bytesRead).toBe(9);
    expect(changed.manifest.digest).not.toBe(first.manifest.digest);
  },
);

test('pack() does not trust the cache for files that are younger than two seconds', async () => {
  const folder = lay('tiny');
  for (let round = 0; round < 2; round++) {
    using cache = openDigestCache(path.join(root, 'cache.sqlite'), Date.now());
    expect((await pack(readSource(folder), { store, cache })).bytesRead).toBeGreaterThan(0);
  }
});

test('pack() with link writes nothing and shares the file', async () => {
  const folder = lay('tiny');
  const { bytesWritten, manifest } = await packFolder(folder, { bring: 'link' });
  expect(bytesWritten).toBe(0);
  expect(fs.statSync(path.join(folder, 'model.safetensors')).nlink).toBe(2);
  expect((await packFolder(folder, { bring: 'link' })).manifest.digest).toBe(manifest.digest);
  expect(fs.readdirSync(path.join(root, 'store/.waybill/ingest'))).toEqual([]);
  fs.writeFileSync(path.join(folder, 'model.safetensors'), 'damaged in place');
  expect((await verify(store, manifest)).verdict).toBe('fail');
  await expect(unpack(store, manifest, path.join(root, 'out'))).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  expect(fs.readdirSync(root).sort()).toEqual(['store', 'tiny']);
});

test('pack() keeps identical files apart and stores their content once', async () => {
  const { manifest, fileCount } = await packFolder(
    lay('twins', {
      'a/__init__.py': '',
      'b/__init__.py': '',
      'x.onnx': 'same',
      'y.onnx': 'same',
      'waybill.yaml':
        'waybill: 1\nname: twins\nversion: 1.0.0\ncomponents: { weights: ["*.onnx"], code: ["**/*.py"] }\n',
    }),
  );
  expect(fileCount).toBe(6);
  await unpack(store, manifest, path.join(root, 'out'));
  expect(fs.readFileSync(path.join(root, 'out/x.onnx'), 'utf8')).toBe('same');
  expect(fs.readFileSync(path.join(root, 'out/y.onnx'), 'utf8')).toBe('same');
  expect(fs.existsSync(path.join(root, 'out/b/__init__.py'))).toBe(true);
});

test('unpack() restores only the components that are asked for', async () => {
  const { manifest } = await packFolder(lay('tiny'));
  await unpack(store, manifest, path.join(root, 'out'), { only: ['weights', 'config'] });
  expect(fs.readdirSync(path.join(root, 'out'), { recursive: true }).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'sub',
    'sub/tokenizer.json',
  ]);
});

test('unpack() replaces a folder only when told to', async () => {
  const { manifest } = await packFolder(lay('tiny'));
  const out = path.join(root, 'out');
  writeFiles(out, { 'mine.txt': 'mine' });
  await expect(unpack(store, manifest, out)).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  expect(fs.readdirSync(out)).toEqual(['mine.txt']);
  await unpack(store, manifest, out, { overwrite: true });
  expect(fs.existsSync(path.join(out, 'mine.txt'))).toBe(false);
  expect(fs.existsSync(path.join(out, 'LICENSE'))).toBe(true);
});

test('verifyFolder() names each changed, missing and extra file, against a package without weights', async () => {
  const { manifest } = await packFolder(lay('tiny'));
  const out = path.join(root, 'out');
  await unpack(store, manifest, out);
  const expected = await sumsOfArtifact(store, manifest);
  expect((await verifyFolder(out, expected)).verdict).toBe('pass');
  fs.writeFileSync(path.join(out, 'config.json'), '{}');
  fs.rmSync(path.join(out, 'empty.txt'));
  writeFiles(out, { '.git/config': 'x', 'extra.bin': 'x' });
  const { verdict, findings } = await verifyFolder(out, expected);
  expect(verdict).toBe('fail');
  expect(findings.map(({ rule, path }) => `${rule} ${path}`).sort()).toEqual([
    'file-changed config.json',
    'file-extra .git/config',
    'file-extra extra.bin',
    'file-missing empty.txt',
  ]);
});

test('verify() passes what pack() made and counts its files', async () => {
  const packed = await packFolder(lay('many', bundle()));
  expect(await verify(store, packed.manifest)).toMatchObject({
    verdict: 'pass',
    fileCount: 79,
    setDigest: packed.setDigest,
    findings: [],
  });
});
