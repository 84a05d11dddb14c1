/** Layouts and archives that skopeo, oras and tar wrote, in our hands. */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type InspectedJson, openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { MODEL_TYPE } from './_layouts.ts';
import { bundledFiles, bundledWaybillFile, rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { temporaryFolder, tool } from './_run.ts';
import { digestOf, treeOf } from './_trees.ts';

const BUNDLED = 'acme/digits:1.2.0';
const place = temporaryFolder();
const cli = openCli(place);
const inPlace = (name: string) => path.join(place, name);
let raw: PackedJson;
let bundled: PackedJson;

beforeAll(() => {
  writePackage(inPlace('raw'), rawFiles, rawWaybillFile);
  writePackage(inPlace('bundled'), bundledFiles, bundledWaybillFile);
  raw = cli.json<PackedJson>('pack', inPlace('raw'));
  bundled = cli.json<PackedJson>('pack', inPlace('bundled'));
  cli.run('unpack', BUNDLED, inPlace('restored'));
});

test.each<[string, (from: string, to: string) => void]>([
  ['skopeo', (from, to) => tool('skopeo', ['--insecure-policy', 'copy', `oci:${from}:${BUNDLED}`, to])],
  ['oras', (from, to) => orasCopy(from, to)],
])('oci: written by %s', (name, copy) => {
  const other = inPlace(`${name}-layout`);
  copy(cli.store, `oci:${other}:copied`);
  expectWhole(`oci:${other}:copied`);
  expectWhole(`oci:${other}`);
  expectWhole(`oci:${other}@${bundled.digest}`);
});

test('oci-archive: written by skopeo', () => {
  const file = inPlace('skopeo.tar');
  tool('skopeo', ['--insecure-policy', 'copy', `oci:${cli.store}:${BUNDLED}`, `oci-archive:${file}:copied`]);
  expectWhole(`oci-archive:${file}:copied`);
  expectWhole(`oci-archive:${file}`);

  const other = openCli(inPlace('importing'));
  other.run('copy', `oci-archive:${file}`, 'acme/x:1');
  expect(other.json<VerifiedJson>('verify', 'acme/x:1')).toMatchObject({ verdict: 'pass', digest: bundled.digest });
});

test.each(['oci', 'oci-archive'])('%s: written by skopeo without a name, found by its place', (kind) => {
  const to = `${kind}:${inPlace(`nameless.${kind}`)}`;
  tool('skopeo', ['--insecure-policy', 'copy', `oci:${cli.store}:${BUNDLED}`, to]);
  expectWhole(to);
  expectWhole(`${to}@${bundled.digest}`);
  const { status, stderr } = cli.attempt('inspect', `${to}:1.2.0`);
  expect([status, stderr]).toEqual([2, expect.stringContaining('no such tag')]);
});

test('two artifacts without names are not guessed at', () => {
  const layout = inPlace('nameless');
  for (const { digest } of [raw, bundled])
    tool('oras', ['cp', '--from-oci-layout', `${cli.store}@${digest}`, '--to-oci-layout', layout]);
  const { status, stderr } = cli.attempt('inspect', `oci:${layout}`);
  expect(status).toBe(2);
  for (const { digest } of [raw, bundled]) expect(stderr).toContain(digest);
  expectWhole(`oci:${layout}@${bundled.digest}`);
});

test('a layout in a tar that GNU tar wrote, with ./ before every name and padded to 10 KiB', () => {
  const layout = inPlace('to-be-archived');
  tool('skopeo', ['--insecure-policy', 'copy', `oci:${cli.store}:${BUNDLED}`, `oci:${layout}:copied`]);
  const file = inPlace('gnu.tar');
  tool('tar', ['-C', layout, '-cf', file, '.']);
  expectWhole(`oci-archive:${file}:copied`);
});

function orasCopy(from: string, to: string): void {
  const target = to.slice('oci:'.length);
  tool('oras', ['cp', '--from-oci-layout', `${from}@${bundled.digest}`, '--to-oci-layout', target]);
}

/** Inspects, verifies and unpacks it: the same digest, the same files. */
function expectWhole(reference: string): void {
  const inspected = cli.json<InspectedJson>('inspect', reference);
  expect(inspected).toMatchObject({ digest: bundled.digest, artifactType: MODEL_TYPE });
  expect(cli.json<VerifiedJson>('verify', reference)).toMatchObject({ verdict: 'pass', findings: [] });
  const folder = path.join(place, `out-${digestOf(reference).slice(7, 15)}`);
  cli.run('unpack', reference, folder);
  expect(treeOf(folder)).toEqual(treeOf(inPlace('restored')));
}
