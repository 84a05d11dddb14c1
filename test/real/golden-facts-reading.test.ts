/** Facts G6 to G26 about artifacts that others could have made, on layouts made by hand. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { VerifiedJson } from './_cli.ts';
import { openWorkshop, rawLayers } from './_hand-made.ts';
import { FILEPATH, MANIFEST_TYPE, writeManifest, writeModelLayout } from './_layouts.ts';
import { tinyDigests, tinyFiles, writeFiles } from './_packages.ts';
import { temporaryFolder, tool } from './_run.ts';
import { digestOf, pathsOf, treeOf } from './_trees.ts';
import { withVectors } from './_vectors.ts';

const place = temporaryFolder();
const workshop = openWorkshop(place);
const inPlace = (name: string) => path.join(place, name);

beforeAll(() => writeFiles(inPlace('tiny'), tinyFiles));

describe('G6 and G23, a tar layer is unpacked in every compression; its diffId is the digest of the plain tar', () => {
  const plain = () => tool('tar', ['-C', inPlace('tiny'), '--sort=name', '--format=ustar', '-cf', '-', '.']).bytes;
  const forms: [string, string, (tar: Buffer) => Uint8Array][] = [
    ['tar', 'GNU tar', (tar) => tar],
    ['tar+gzip', 'gzip', (tar) => execFileSync('gzip', ['-c'], { input: tar })],
    ['tar+gzip', 'two members of gzip', (tar) => inTwo(tar, zlib.gzipSync)],
    ['tar+zstd', 'zstd', (tar) => execFileSync('zstd', ['-c', '-q'], { input: tar })],
    ['tar+zstd', 'zstd with a long window', (tar) => execFileSync('zstd', ['-c', '-q', '--long=27'], { input: tar })],
    ['tar+zstd', 'node:zlib', (tar) => zlib.zstdCompressSync(tar)],
  ];

  function inTwo(tar: Buffer, compress: (part: Buffer) => Buffer): Buffer {
    return Buffer.concat([compress(tar.subarray(0, 1_000)), compress(tar.subarray(1_000))]);
  }

  test.each(forms)('%s by %s', (form, _, compress) => {
    const tar = plain();
    const mediaType = `application/vnd.cncf.model.weight.v1.${form}`;
    const layer = { mediaType, content: compress(tar), diffId: digestOf(tar), annotations: { [FILEPATH]: '.' } };
    const reference = workshop.layoutOf([layer]);
    expect(workshop.cli.json<VerifiedJson>('verify', reference)).toMatchObject({ verdict: 'pass', fileCount: 7 });
    expect(treeOf(workshop.unpacked(reference))).toEqual(treeOf(inPlace('tiny')));
  });

  test.each(['gzip', 'zstd'])('the digest of the compressed %s bytes is no diffId', (program) => {
    const content = execFileSync(program, ['-c', '-q'], { input: plain() });
    const mediaType = `application/vnd.cncf.model.weight.v1.tar+${program}`;
    const reference = workshop.layoutOf([{ mediaType, content, annotations: { [FILEPATH]: '.' } }]);
    workshop.expectRefused(reference);
  });

  test('two frames of zstd, of which node:zlib sees one, are refused and not cut short', () => {
    const tar = plain();
    const mediaType = 'application/vnd.cncf.model.weight.v1.tar+zstd';
    const content = Buffer.concat([zlib.zstdCompressSync(tar), zlib.zstdCompressSync(Buffer.alloc(512))]);
    workshop.expectRefused(
      workshop.layoutOf([{ mediaType, content, diffId: digestOf(tar), annotations: { [FILEPATH]: '.' } }]),
    );
  });
});

test('G9 a manifest without mediaType is read, with a warning', () => {
  const layout = inPlace('no-media-type');
  writeModelLayout(layout, rawLayers(tinyFiles));
  const [{ digest } = { digest: '' }] = JSON.parse(fs.readFileSync(path.join(layout, 'index.json'), 'utf8')).manifests;
  const text = fs.readFileSync(path.join(layout, 'blobs', digest.replace(':', '/')), 'utf8');
  writeManifest(layout, text.replace(`"mediaType":"${MANIFEST_TYPE}",`, ''));

  const { verdict, findings } = workshop.cli.json<VerifiedJson>('verify', `oci:${layout}`);
  expect(verdict).toBe('pass');
  expect(findings).toContainEqual(expect.objectContaining({ rule: 'quirk-no-media-type', level: 'warning' }));
});

test('G16 without titles oras restores nothing; we restore by filepath', () => {
  const reference = workshop.layoutOf(rawLayers(tinyFiles));
  fs.mkdirSync(inPlace('oras'));
  tool('oras', ['pull', '--oci-layout', `${reference.slice('oci:'.length)}:latest`, '-o', inPlace('oras')]);
  expect(pathsOf(inPlace('oras'))).toEqual([]);
  expect(treeOf(workshop.unpacked(reference))).toEqual(treeOf(inPlace('tiny')));
});

withVectors('interop', (folder) => {
  const models = fs.readdirSync(folder).filter((name) => /^modctl|modelpack/.test(name));

  test.each(models)('G26 the set digest as cog counts it is the same in any packing: %s', (name) => {
    const files = workshop.unpacked(`oci:${path.join(folder, name, 'layout')}:latest`);
    const lines = treeOf(files)
      .filter(({ path }) => path in tinyDigests)
      .map(({ path, digest }) => `${digest.slice(7)}  ${path}`);
    expect(digestOf(lines.join('\n'))).toBe('sha256:a41d4728b407a02812ce1e002a588a29aa2221d2d77245c14f8504f06ec773b6');
  });
});
