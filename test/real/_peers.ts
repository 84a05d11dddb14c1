/** Our packages in a registry, where other packagers find them, and restored by us, to compare. */
import path from 'node:path';
import { beforeAll } from 'vitest';
import type { Cli, PackedJson } from './_cli.ts';
import { type PackageName, packages, writePackage } from './_packages.ts';
import type { Registry } from './_registry.ts';
import { tool } from './_run.ts';

/** Puts them there before the tests of the file run: `HOST/acme/NAME:1`, and `restoredAt` in the place. */
export function offerPackages(place: string, cli: Cli, registry: Registry): void {
  beforeAll(() => {
    for (const [name, { files, text, name: reference }] of Object.entries(packages)) {
      const source = path.join(place, name);
      writePackage(source, files, text);
      const { digest } = cli.json<PackedJson>('pack', source);
      cli.run('unpack', reference, restoredAt(place, name as PackageName));
      const from = `${cli.store}@${digest}`;
      tool('oras', ['cp', '--from-oci-layout', from, '--to-plain-http', `${registry.host}/acme/${name}:1`]);
    }
  });
}

export function restoredAt(place: string, name: PackageName): string {
  return path.join(place, `${name}-restored`);
}
