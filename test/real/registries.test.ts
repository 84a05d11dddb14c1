/** Our client against other people's registries: the contract of a store, packages there and back. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { registry as kind } from '../../src/oci/stores/registry.ts';
import { plainNetwork } from '../_support/registry.ts';
import { testStore } from '../contracts/store.ts';
import { openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { useDistribution } from './_hub.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { useRegistry } from './_registry.ts';
import { run, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const place = temporaryFolder();
describe.each([
  ['distribution', useDistribution],
  ["go-containerregistry's registry", useRegistry],
] as const)('%s', (name, use) => {
  const registry = use(place);
  let repositories = 0;

  testStore(
    name,
    async () => {
      const store = await kind.open(`${registry.host}/contract/x${repositories++}`, {
        access: 'write',
        network: plainNetwork,
      });
      return { writable: store, reopen: async () => store, remove: async () => store[Symbol.asyncDispose]() };
    },
    { takesUnknownDigests: false, namePrefix: '' },
  );

  test('a package goes there and back, and oras restores it', () => {
    const folder = path.join(place, registry.host);
    const cli = openCli(folder);
    writePackage(path.join(folder, 'model'), rawFiles, rawWaybillFile);
    const { digest } = cli.json<PackedJson>('pack', path.join(folder, 'model'));
    const reference = `${registry.host}/acme/raw:1.0.0`;
    cli.run('push', 'acme/raw:1.0.0', reference);
    expect(cli.json<{ blobs: number }>('push', 'acme/raw:1.0.0', reference).blobs).toBe(0);
    cli.run('pull', reference, '--store', path.join(folder, 'other'));
    expect(cli.json<VerifiedJson>('verify', reference, '--store', path.join(folder, 'other'))).toMatchObject({
      verdict: 'pass',
      digest,
    });
    run(commandOf('oras'), ['pull', '--plain-http', reference, '-o', path.join(folder, 'by-oras')]);
    run('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: path.join(folder, 'by-oras') });
  });

  test('pack --to makes the same package there, and oras restores it', () => {
    const folder = path.join(place, `${registry.host}-straight`);
    const cli = openCli(folder);
    const weights = { 'weights/large.bin': randomBytes(20 * 1024 * 1024) };
    writePackage(path.join(folder, 'model'), { ...rawFiles, ...weights }, rawWaybillFile);
    const { digest } = cli.json<PackedJson>('pack', path.join(folder, 'model'));
    const reference = `${registry.host}/acme/straight:1.0.0`;
    expect(cli.json('pack', path.join(folder, 'model'), '--no-cache', '--to', reference)).toMatchObject({ digest });
    run(commandOf('oras'), ['pull', '--plain-http', reference, '-o', path.join(folder, 'by-oras')]);
    run('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: path.join(folder, 'by-oras') });
  });
});
