/**
 * Facts about ModelPack tools and their artifacts, numbered G1 to G35, on a fixture whose digests
 * are known. Here are those about what we pack and say of it; reading others is beside this file.
 */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openCli, type PackedJson } from './_cli.ts';
import { blobOf, FILEPATH, type LayoutManifest, METADATA, manifestOf, TITLE } from './_layouts.ts';
import { tinyDigests, tinyFiles, tinyWaybillFile, writePackage } from './_packages.ts';
import { fetchManifest, useRegistry } from './_registry.ts';
import { temporaryFolder, tool } from './_run.ts';
import { checkSums, digestOf } from './_trees.ts';

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

test('the fixture is the fixture', () => {
  const digests = Object.fromEntries(Object.entries(tinyFiles).map(([file, content]) => [file, digestOf(content)]));
  expect(digests).toEqual(tinyDigests);
});

test('G3 each of our layers states path, base name, mode 420 and type 0, in the member order of Go', () => {
  for (const { annotations, size } of manifest.layers) {
    const name = (annotations?.[FILEPATH] ?? '').split('/').at(-1);
    expect(annotations?.[METADATA]).toBe(
      `{"name":"${name}","mode":420,"uid":0,"gid":0,"size":${size},"mtime":"1970-01-01T00:00:00Z","typeflag":0}`,
    );
  }
});

test('G5 the digest of a raw layer is what sha256sum says of the file', () => {
  for (const { annotations, digest } of manifest.layers) {
    const file = annotations?.[FILEPATH] ?? '';
    const folder = file === 'SHA256SUMS' ? undefined : source;
    const bytes = blobOf(cli.store, digest);
    const { stdout } =
      folder === undefined ? tool('sha256sum', [], { input: bytes }) : tool('sha256sum', [file], { cwd: folder });
    expect(`sha256:${stdout.slice(0, 64)}`).toBe(digest);
  }
});

test('G9 our manifest states its mediaType', () => {
  expect(manifest.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
});

test('G16 both names stand on each layer and are the same', () => {
  for (const { annotations } of manifest.layers) expect(annotations?.[TITLE]).toBe(annotations?.[FILEPATH]);
});

test('G26 the set digest: cog joins the lines without a last newline; ours is the digest of the file SHA256SUMS', () => {
  const paths = Object.keys(tinyDigests).sort();
  const lines = paths.map((file) => `${tinyDigests[file as keyof typeof tinyDigests].slice(7)}  ${file}`);
  expect(digestOf(lines.join('\n'))).toBe('sha256:a41d4728b407a02812ce1e002a588a29aa2221d2d77245c14f8504f06ec773b6');
  const withOurs = [...lines, `${digestOf(tinyWaybillFile).slice(7)}  waybill.yaml`];
  expect(packed.setDigest).toBe(digestOf(`${withOurs.join('\n')}\n`));
  expect(manifest.annotations?.['dev.waybill.set-digest']).toBe(packed.setDigest);
});

test('G27 SOURCE_DATE_EPOCH has nothing to say, because no time is written', () => {
  for (const epoch of ['0', '1700000000']) {
    const other = openCli(inPlace(`epoch-${epoch}`), { env: { SOURCE_DATE_EPOCH: epoch } });
    expect(other.json<PackedJson>('pack', source).digest).toBe(packed.digest);
  }
});

test('G28 what a registry without referrers keeps under a sha256- tag is a referrer in a layout copied from it', async () => {
  const target = `${registry.host}/g/referred:1`;
  tool('oras', ['cp', '--from-oci-layout', `${cli.store}@${packed.digest}`, '--to-plain-http', target]);
  fs.writeFileSync(inPlace('card.txt'), 'seen\n');
  const attach = ['attach', '--plain-http', '--distribution-spec', 'v1.1-referrers-tag', '--artifact-type', 'a/card'];
  tool('oras', [...attach, target, 'card.txt'], { cwd: place });
  const tag = packed.digest.replace(':', '-');
  const fallback = JSON.parse((await fetchManifest(registry, 'g/referred', tag)).bytes.toString('utf8'));
  const layout = inPlace('referred');
  tool('oras', ['cp', '-r', '--from-plain-http', target, '--to-oci-layout', `${layout}:1`]);

  const referrers = fallback.manifests.map(({ digest }: { digest: string }) => digest);
  const inspected = cli.json<{ referrers: { digest: string; artifactType: string }[] }>('inspect', `oci:${layout}:1`);
  expect(inspected.referrers.map(({ digest, artifactType }) => [digest, artifactType])).toEqual([
    [referrers[0], 'a/card'],
  ]);
  cli.run('copy', `oci:${layout}:1`, 'acme/referred:1');
  cli.run('unpack', 'acme/referred:1', inPlace('referred-files'));
  checkSums(inPlace('referred-files'));
});
