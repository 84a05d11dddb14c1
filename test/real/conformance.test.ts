/** The conformance suite, before other people's programs: what it says is allowed they read, and its archives are what they are called. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { indexOf, manifestOf } from './_layouts.ts';
import { useRegistry } from './_registry.ts';
import { repository, temporaryFolder, tool } from './_run.ts';
import { pathsOf } from './_trees.ts';

const place = temporaryFolder();
const registry = useRegistry(place);
const suite = path.join(repository, 'conformance', 'modelpack-0.0.7');
const allowed = fs.readdirSync(suite).filter((id) => id.startsWith('ok-'));

function layersOf(id: string) {
  const layout = path.join(suite, id);
  const { layers } = manifestOf(layout, indexOf(layout)[0]?.digest ?? '');
  return layers.map((layer) => ({ ...layer, file: path.join(layout, 'blobs', layer.digest.replace(':', '/')) }));
}

test.each(['ok-tar-gzip', 'ok-tar-zstd', 'ok-every-type'])('gzip, zstd and GNU tar read the archives of %s', (id) => {
  let seen = 0;
  for (const { mediaType, file } of layersOf(id)) {
    const form = mediaType.slice(mediaType.lastIndexOf('.') + 1);
    if (form === 'raw') continue;
    const program = { 'tar+gzip': 'gzip', 'tar+zstd': 'zstd' }[form];
    const input = fs.readFileSync(file);
    const plain = program === undefined ? input : execFileSync(program, ['-d', '-c', '-q'], { input });
    const names = execFileSync('tar', ['-tf', '-'], { input: plain }).toString().trim().split('\n');
    expect(names.length).toBeGreaterThan(0);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(0);
});

test.each(allowed)('oras and a registry take %s as it is', (id) => {
  const to = `${registry.host}/suite/${id}:latest`;
  tool('oras', ['cp', '--from-oci-layout', `${path.join(suite, id)}:latest`, '--to-plain-http', to]);
  const { stdout } = tool('oras', ['resolve', '--plain-http', to]);
  expect(stdout.trim()).toBe(indexOf(path.join(suite, id))[0]?.digest);
});

test.each(['ok-raw', 'ok-twins', 'ok-empty-file', 'ok-tar'])('modctl restores every file of %s', (id) => {
  const to = `${registry.host}/modctl/${id}:latest`;
  tool('oras', ['cp', '--from-oci-layout', `${path.join(suite, id)}:latest`, '--to-plain-http', to]);
  const folder = path.join(place, `modctl-${id}`);
  const own = ['--storage-dir', path.join(place, 'modctl'), '--log-dir', path.join(place, 'logs'), '--no-progress'];
  tool('modctl', [...own, 'pull', '--plain-http', '--extract-from-remote', '--extract-dir', folder, to]);
  expect(pathsOf(folder).length).toBe({ 'ok-raw': 3, 'ok-twins': 2, 'ok-empty-file': 1, 'ok-tar': 2 }[id]);
});
