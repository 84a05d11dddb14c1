/** Our layouts and archives in the hands of skopeo and oras. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCli, type PackedJson } from './_cli.ts';
import { blobOf, contentOf, indexOf, manifestOf } from './_layouts.ts';
import { bundledFiles, bundledWaybillFile, rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { run, temporaryFolder, tool } from './_run.ts';
import { checkSums, digestOf, pathsOf, treeOf } from './_trees.ts';
import { runUnprivileged } from './_users.ts';

const RAW = 'acme/raw:1.0.0';
const BUNDLED = 'acme/digits:1.2.0';
const place = temporaryFolder();
const cli = openCli(place);
const inPlace = (name: string) => path.join(place, name);
let raw: PackedJson;
let bundled: PackedJson;

/** As waybill restores it: what every other tool is compared with. */
const restored = { [RAW]: inPlace('raw-restored'), [BUNDLED]: inPlace('bundled-restored') };

beforeAll(() => {
  writePackage(inPlace('raw'), rawFiles, rawWaybillFile);
  writePackage(inPlace('bundled'), bundledFiles, bundledWaybillFile);
  raw = cli.json<PackedJson>('pack', inPlace('raw'), '--strict');
  bundled = cli.json<PackedJson>('pack', inPlace('bundled'), '--strict');
  for (const [name, folder] of Object.entries(restored)) cli.run('unpack', name, folder);
});

test('pack makes one layer for each file, and bundles of many small ones', () => {
  expect(raw.layerCount).toBe(raw.fileCount);
  const forms = manifestOf(cli.store, bundled.digest).layers.map(({ mediaType }) => mediaType.split('.').at(-1));
  expect(forms.filter((form) => form === 'tar')).toHaveLength(2);
});

describe('the local store is a layout that others read', () => {
  test.each([RAW, BUNDLED])('skopeo copies %s byte for byte', (name) => {
    const { digest } = name === RAW ? raw : bundled;
    const other = inPlace(`skopeo-${digest.slice(7, 15)}`);
    tool('skopeo', ['--insecure-policy', 'copy', `oci:${cli.store}:${name}`, `oci:${other}:x`]);

    expect(indexOf(other).map((entry) => entry.digest)).toEqual([digest]);
    for (const content of contentOf(cli.store, digest)) expect(digestOf(blobOf(other, content))).toBe(content);
  });

  test('skopeo inspect --raw prints the manifest whose sha256 is our digest', () => {
    const { bytes } = tool('skopeo', ['inspect', '--raw', `oci:${cli.store}:${BUNDLED}`]);
    expect(digestOf(bytes)).toBe(bundled.digest);
  });

  test('oras manifest fetch prints it too, by digest and by full name', () => {
    const byDigest = tool('oras', ['manifest', 'fetch', '--oci-layout', `${cli.store}@${raw.digest}`]);
    const byName = tool('oras', ['manifest', 'fetch', '--oci-layout-path', cli.store, RAW]);
    expect([digestOf(byDigest.bytes), digestOf(byName.bytes)]).toEqual([raw.digest, raw.digest]);
  });

  test('oras lists the names in the store', () => {
    const { stdout } = tool('oras', ['repo', 'tags', '--oci-layout', cli.store]);
    expect(stdout.trim().split('\n').sort()).toEqual([BUNDLED, RAW].sort());
  });

  test('oras pull restores a package of raw layers, and sha256sum -c passes', () => {
    const folder = inPlace('oras-raw');
    tool('oras', ['pull', '--oci-layout', `${cli.store}@${raw.digest}`, '-o', folder]);
    checkSums(folder);
    expect(pathsOf(folder)).toEqual(pathsOf(restored[RAW]));
  });

  test('oras pull leaves bundles as the tar files that their titles name; extracted, sha256sum -c passes', () => {
    const folder = inPlace('oras-bundled');
    tool('oras', ['pull', '--oci-layout', `${cli.store}@${bundled.digest}`, '-o', folder]);
    const tars = pathsOf(folder).filter((name) => name.endsWith('.tar'));
    expect(tars).toEqual(['waybill-code.tar', 'waybill-doc.tar']);
    for (const name of tars) {
      tool('tar', ['-xf', name], { cwd: folder });
      fs.rmSync(path.join(folder, name));
    }
    checkSums(folder);
    expect(treeOf(folder)).toEqual(treeOf(restored[BUNDLED]));
  });
});

describe('waybill copy writes what others read', () => {
  test('oci-archive: tar lists it, skopeo and oras read it', () => {
    const file = inPlace('exported.tar');
    cli.run('copy', BUNDLED, `oci-archive:${file}`);

    const names = run('tar', ['-tf', file]).stdout.trim().split('\n');
    expect(names).toEqual(expect.arrayContaining(['oci-layout', 'index.json']));
    expect(names.filter((name) => /^blobs\/.*[^/]$/.test(name))).toHaveLength(
      contentOf(cli.store, bundled.digest).length,
    );
    expect(digestOf(tool('skopeo', ['inspect', '--raw', `oci-archive:${file}:1.2.0`]).bytes)).toBe(bundled.digest);
    const fetched = tool('oras', ['manifest', 'fetch', '--oci-layout', `${file}:1.2.0`]);
    expect(digestOf(fetched.bytes)).toBe(bundled.digest);

    const layout = inPlace('from-our-archive');
    tool('skopeo', ['--insecure-policy', 'copy', `oci-archive:${file}:1.2.0`, `oci:${layout}:x`]);
    for (const content of contentOf(cli.store, bundled.digest)) expect(digestOf(blobOf(layout, content))).toBe(content);
  });

  test('oci-archive: skopeo reads it for an ordinary user, who cannot make folders for root', () => {
    const folder = inPlace('ordinary');
    fs.mkdirSync(folder);
    fs.chmodSync(place, 0o755);
    cli.run('copy', BUNDLED, `oci-archive:${path.join(folder, 'exported.tar')}`);
    const { bytes } = runUnprivileged(folder, 'skopeo', ['inspect', '--raw', `oci-archive:${folder}/exported.tar`]);
    expect(digestOf(bytes)).toBe(bundled.digest);
  });

  test('oci: skopeo and oras read it under the tag alone', () => {
    const layout = inPlace('exported-layout');
    cli.run('copy', RAW, `oci:${layout}`);

    expect(digestOf(tool('skopeo', ['inspect', '--raw', `oci:${layout}:1.0.0`]).bytes)).toBe(raw.digest);
    const fetched = tool('oras', ['manifest', 'fetch', '--oci-layout', `${layout}:1.0.0`]);
    expect(digestOf(fetched.bytes)).toBe(raw.digest);
  });
});
