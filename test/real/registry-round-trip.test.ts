/** Through a registry and back with each client: the manifest byte for byte, whatever stands in it. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type InspectedJson, openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { blobOf, contentOf, indexOf, MANIFEST_TYPE, manifestOf, writeManifest } from './_layouts.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { fetchManifest, useRegistry } from './_registry.ts';
import { temporaryFolder, tool } from './_run.ts';
import { digestOf, treeOf } from './_trees.ts';

const place = temporaryFolder();
const cli = openCli(place);
const registry = useRegistry(place);
const inPlace = (name: string) => path.join(place, name);
/** A layout that holds the artifact alone, under this tag: what every client can push. */
const layout = inPlace('layout');
const strange = inPlace('strange');
let digest: string;
let strangeDigest: string;

beforeAll(() => {
  writePackage(inPlace('model'), rawFiles, rawWaybillFile);
  ({ digest } = cli.json<PackedJson>('pack', inPlace('model')));
  cli.run('copy', 'acme/raw:1.0.0', `oci:${layout}:latest`);
  cli.run('unpack', 'acme/raw:1.0.0', inPlace('restored'));
  strangeDigest = writeStrangeCopy();
});

/** The same artifact as another tool could have written it: unknown keys, not canonical, Unicode escapes. */
function writeStrangeCopy(): string {
  fs.cpSync(path.join(layout, 'blobs'), path.join(strange, 'blobs'), { recursive: true });
  const manifest = manifestOf(layout, digest);
  const layers = manifest.layers.map((layer, index) => ({
    ...layer,
    annotations: { 'com.example.Unknown': `#${index} <&> \u2028 ü`, ...layer.annotations, 'x-last': '' },
  }));
  const annotations = { zzz: '1', ...manifest.annotations, 'com.example.unknown': 'kept' };
  const text = JSON.stringify({ ...manifest, layers, annotations, 'com.example.member': [1, 2.5e3] }, null, '\t');
  return writeManifest(strange, `${text.replaceAll('ü', '\\u00fc')}\n`);
}

type Client = 'oras' | 'skopeo' | 'crane';
const clients: readonly Client[] = ['oras', 'skopeo', 'crane'];

/** Pushes what a layout has as `latest`. */
function push(client: Client, from: string, to: string): void {
  if (client === 'oras') tool('oras', ['cp', '--from-oci-layout', `${from}:latest`, '--to-plain-http', to]);
  else if (client === 'crane') tool('crane', ['push', from, to]);
  else tool('skopeo', ['--insecure-policy', 'copy', '--dest-tls-verify=false', `oci:${from}:latest`, `docker://${to}`]);
}

/** Pulls into a new layout. */
function pull(client: Client, from: string, to: string): void {
  if (client === 'oras') tool('oras', ['cp', '--from-plain-http', from, '--to-oci-layout', `${to}:latest`]);
  else if (client === 'crane') tool('crane', ['pull', '--format=oci', '--annotate-ref', from, to]);
  else tool('skopeo', ['--insecure-policy', 'copy', '--src-tls-verify=false', `docker://${from}`, `oci:${to}:latest`]);
}

describe.each(clients)('%s', (client) => {
  test('pushes our layout and pulls it back byte for byte; waybill restores every file from it', async () => {
    const name = `${client}/raw`;
    push(client, layout, `${registry.host}/${name}:1`);
    const { bytes, mediaType } = await fetchManifest(registry, name, '1');
    expect([digestOf(bytes), mediaType]).toEqual([digest, MANIFEST_TYPE]);

    const back = inPlace(`${client}-back`);
    pull(client, `${registry.host}/${name}:1`, back);
    expect(indexOf(back).map((entry) => entry.digest)).toEqual([digest]);
    for (const content of contentOf(layout, digest)) expect(blobOf(back, content)).toEqual(blobOf(layout, content));
    expect(cli.json<VerifiedJson>('verify', `oci:${back}`)).toMatchObject({ verdict: 'pass', findings: [] });
    cli.run('unpack', `oci:${back}`, inPlace(`${client}-files`));
    expect(treeOf(inPlace(`${client}-files`))).toEqual(treeOf(inPlace('restored')));
  });

  test('keeps artifactType and unknown members byte for byte (G34, G35)', async () => {
    const name = `${client}/strange`;
    push(client, strange, `${registry.host}/${name}:1`);
    const { bytes } = await fetchManifest(registry, name, '1');
    expect(bytes).toEqual(blobOf(strange, strangeDigest));

    const back = inPlace(`${client}-strange`);
    pull(client, `${registry.host}/${name}:1`, back);
    expect(blobOf(back, strangeDigest)).toEqual(blobOf(strange, strangeDigest));
    expect(cli.json<VerifiedJson>('verify', `oci:${back}`).verdict).toBe('pass');
  });
});

test('crane copies from repository to repository byte for byte, and its own validation passes', async () => {
  push('oras', strange, `${registry.host}/from/strange:1`);
  tool('crane', ['copy', `${registry.host}/from/strange:1`, `${registry.host}/to/strange:1`]);
  expect((await fetchManifest(registry, 'to/strange', '1')).bytes).toEqual(blobOf(strange, strangeDigest));
  tool('crane', ['validate', '--remote', `${registry.host}/to/strange:1`]);
});

test('waybill copy keeps unknown members byte for byte, into the store, a layout and an archive (G35)', () => {
  cli.run('copy', `oci:${strange}:latest`, 'acme/strange:1');
  cli.run('copy', 'acme/strange:1', `oci:${inPlace('strange-layout')}`);
  cli.run('copy', `oci:${inPlace('strange-layout')}`, `oci-archive:${inPlace('strange.tar')}`);
  tool('skopeo', ['--insecure-policy', 'copy', `oci-archive:${inPlace('strange.tar')}:1`, `oci:${inPlace('last')}:1`]);
  for (const folder of [cli.store, inPlace('strange-layout'), inPlace('last')])
    expect(blobOf(folder, strangeDigest)).toEqual(blobOf(strange, strangeDigest));
});

test('an archive that oras backup wrote is read, with what is attached to the package', () => {
  push('oras', layout, `${registry.host}/oras/backup:1`);
  fs.writeFileSync(inPlace('note.txt'), 'looked at\n');
  const attach = ['attach', '--plain-http', '--artifact-type', 'application/vnd.example.note'];
  tool('oras', [...attach, `${registry.host}/oras/backup:1`, 'note.txt:text/plain'], { cwd: place });
  const file = inPlace('backup.tar');
  tool('oras', ['backup', '--plain-http', '--include-referrers', '--output', file, `${registry.host}/oras/backup:1`]);

  const { referrers } = cli.json<InspectedJson>('inspect', `oci-archive:${file}:1`);
  expect(referrers).toMatchObject([{ artifactType: 'application/vnd.example.note' }]);
  expect(cli.json<VerifiedJson>('verify', `oci-archive:${file}:1`)).toMatchObject({ verdict: 'pass', digest });
  cli.run('copy', `oci-archive:${file}:1`, 'acme/backed-up:1');
  expect(cli.json<InspectedJson>('inspect', 'acme/backed-up:1').referrers).toEqual(referrers);
});
