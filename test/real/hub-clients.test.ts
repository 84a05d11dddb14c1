/** Other people's clients push to our hub and pull from it, images and artifacts. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { useHub } from './_hub.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { run, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const place = temporaryFolder();
const hub = useHub(place);
const cli = openCli(place);
const inPlace = (name: string) => path.join(place, name);
let digest: string;

beforeAll(() => {
  writePackage(inPlace('model'), rawFiles, rawWaybillFile);
  ({ digest } = cli.json<PackedJson>('pack', inPlace('model')));
  cli.run('push', 'acme/raw:1.0.0', `${hub.host}/acme/raw:1.0.0`);
});

/** What came back restores to files that sha256sum accepts. */
function expectFiles(folder: string): void {
  run('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: folder });
}

test('oras pulls what waybill pushed, and waybill verifies what oras copied', () => {
  run(commandOf('oras'), ['pull', '--plain-http', `${hub.host}/acme/raw:1.0.0`, '-o', inPlace('by-oras')]);
  expectFiles(inPlace('by-oras'));
  run(commandOf('oras'), [
    'cp',
    '--from-plain-http',
    '--to-plain-http',
    `${hub.host}/acme/raw:1.0.0`,
    `${hub.host}/acme/by-oras:1`,
  ]);
  expect(cli.json<VerifiedJson>('verify', `${hub.host}/acme/by-oras:1`)).toMatchObject({ verdict: 'pass', digest });
});

test('oras pushes and attaches files of its own, and lists them as referrers', () => {
  fs.writeFileSync(inPlace('note.txt'), 'a note\n');
  run(
    commandOf('oras'),
    [
      'attach',
      '--plain-http',
      '--artifact-type',
      'application/vnd.example.note',
      `${hub.host}/acme/raw:1.0.0`,
      'note.txt',
    ],
    { cwd: place },
  );
  const { referrers } = cli.json<{ referrers: { artifactType: string }[] }>('inspect', `${hub.host}/acme/raw:1.0.0`);
  expect(referrers.map(({ artifactType }) => artifactType)).toEqual(['application/vnd.example.note']);
  cli.run('pull', `${hub.host}/acme/raw:1.0.0`);
  cli.run('copy', `${hub.host}/acme/raw:1.0.0`, `oci:${inPlace('with-note')}:1`);
  expect(fs.readFileSync(path.join(inPlace('with-note'), 'index.json'), 'utf8')).toContain(
    'application/vnd.oci.image.manifest',
  );
});

test('crane copies between repositories, lists tags and deletes', () => {
  run(commandOf('crane'), ['copy', '--insecure', `${hub.host}/acme/raw:1.0.0`, `${hub.host}/acme/by-crane:1`]);
  expect(run(commandOf('crane'), ['digest', '--insecure', `${hub.host}/acme/by-crane:1`]).stdout.trim()).toBe(digest);
  expect(run(commandOf('crane'), ['ls', '--insecure', `${hub.host}/acme/by-crane`]).stdout.trim()).toBe('1');
  run(commandOf('crane'), ['delete', '--insecure', `${hub.host}/acme/by-crane:1`]);
  expect(run(commandOf('crane'), ['ls', '--insecure', `${hub.host}/acme/by-crane`]).stdout.trim()).toBe('');
});

test('regctl copies with referrers', () => {
  const config = { env: { REGCTL_CONFIG: inPlace('regctl.json') } };
  fs.writeFileSync(inPlace('regctl.json'), JSON.stringify({ hosts: { [hub.host]: { tls: 'disabled' } } }));
  run(
    commandOf('regctl'),
    ['image', 'copy', '--referrers', `${hub.host}/acme/raw:1.0.0`, `${hub.host}/acme/by-regctl:1`],
    config,
  );
  expect(cli.json<VerifiedJson>('verify', `${hub.host}/acme/by-regctl:1`).digest).toBe(digest);
});

test('skopeo pushes from a layout and pulls into one, byte for byte', () => {
  cli.run('copy', 'acme/raw:1.0.0', `oci:${inPlace('layout')}:1`);
  run('skopeo', [
    'copy',
    '--insecure-policy',
    '--dest-tls-verify=false',
    `oci:${inPlace('layout')}:1`,
    `docker://${hub.host}/acme/by-skopeo:1`,
  ]);
  run('skopeo', [
    'copy',
    '--insecure-policy',
    '--src-tls-verify=false',
    `docker://${hub.host}/acme/by-skopeo:1`,
    `oci:${inPlace('back')}:1`,
  ]);
  expect(cli.json<VerifiedJson>('verify', `oci:${inPlace('back')}:1`)).toMatchObject({ verdict: 'pass', digest });
});

test('modctl restores a package from the hub', () => {
  run(commandOf('modctl'), [
    '--storage-dir',
    inPlace('modctl'),
    'pull',
    '--plain-http',
    '--extract-from-remote',
    '--extract-dir',
    inPlace('by-modctl'),
    `${hub.host}/acme/raw:1.0.0`,
  ]);
  expectFiles(inPlace('by-modctl'));
});

test('waybill unpacks straight from the hub without a store', () => {
  cli.run('unpack', `${hub.host}/acme/raw:1.0.0`, inPlace('by-waybill'), '--store', inPlace('no-store'));
  expectFiles(inPlace('by-waybill'));
  expect(fs.existsSync(inPlace('no-store'))).toBe(false);
});
