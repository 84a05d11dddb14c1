import { z } from 'zod';
import { copy as copyArtifact } from '../../oci/copy.ts';
import { defineCommand } from '../command.ts';
import { openDestination } from '../destination.ts';
import { locate } from '../locate.ts';
import { parseLocation } from '../location.ts';
import { networkOptions } from '../registry.ts';
import { formatTransfer, movedBytes, transferFields } from '../transfer.ts';

export const copy = defineCommand({
  name: 'copy',
  summary: 'Copy a package, with what is attached to it, between stores, registries, folders and archives',
  description: [
    'The manifest is copied byte for byte: the digest stays. Content that is there already is not copied again, and every blob is verified on its way.',
    'oci:DIR is a layout folder and oci-archive:FILE its tar, as skopeo, podman and oras read them: this is how a package goes to a site without a network, and comes back. A name with a host is a registry, at both ends.',
  ],
  arguments: [
    {
      name: 'FROM',
      description: 'a package in the local store or a registry, oci:DIR[:TAG] or oci-archive:FILE[:TAG]',
    },
    { name: 'TO', description: 'a name in the local store or a registry, oci:DIR[:TAG] or oci-archive:FILE[:TAG]' },
  ],
  options: {
    'no-referrers': { description: 'Leave behind what is attached to the package' },
    force: { description: 'Replace an archive file that is there' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill copy acme/digits:1.2.0 oci-archive:digits.tar', comment: 'export, under the tag 1.2.0' },
    { command: 'waybill copy oci-archive:digits.tar acme/digits:1.2.0', comment: 'import' },
  ],
  output: z.object({ ...transferFields, bytesSent: movedBytes }),
  async run(context, input) {
    const [from = '', to = ''] = input.positionals;
    await using found = await locate(context, from, { fromRegistry: true });
    const { store, name, shown } = await openDestination(context, to, {
      original: found.name,
      overwrite: input.has('force'),
      mountFrom: mountable(from, to),
    });
    await using _ = store;
    const { bytes, ...result } = await copyArtifact(found.store, store, found.target, {
      ...(name === undefined ? {} : { name }),
      referrers: !input.has('no-referrers'),
      progress: context.progress,
      signal: context.signal,
    });
    await store.finish?.();
    return { ...result, to: shown, bytesSent: bytes };
  },
  print: (output, paint) => formatTransfer('copied', output, output.bytesSent, paint),
});

/** Between two repositories of one registry the blobs need not move at all. */
function mountable(from: string, to: string): readonly string[] {
  const [source, destination] = [parseLocation(from), parseLocation(to)];
  if (source.kind !== 'registry' || destination.kind !== 'registry') return [];
  return source.reference.host === destination.reference.host ? [source.reference.repository] : [];
}
