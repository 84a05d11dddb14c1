import { z } from 'zod';
import { WaybillError } from '../../base/errors.ts';
import { copy as copyArtifact } from '../../oci/copy.ts';
import { isDigest } from '../../oci/digest.ts';
import { formatReference } from '../../oci/reference.ts';
import type { OpenStore } from '../../oci/store-kind.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { type Location, locate, openLocalStore, parseLocation } from '../location.ts';
import { bytes, digest } from '../output-schemas.ts';
import { count, formatSize } from '../print/units.ts';

export const copy = defineCommand({
  name: 'copy',
  summary: 'Copy a package, with what is attached to it, between stores, folders and archives',
  description: [
    'The manifest is copied byte for byte: the digest stays. Content that is there already is not copied again, and every blob is verified on its way.',
    'oci:DIR is a layout folder and oci-archive:FILE its tar, as skopeo, podman and oras read them: this is how a package goes to a site without a network, and comes back.',
  ],
  arguments: [
    { name: 'FROM', description: 'a package in the local store, oci:DIR[:TAG] or oci-archive:FILE[:TAG]' },
    { name: 'TO', description: 'a name in the local store, oci:DIR[:TAG] or oci-archive:FILE[:TAG]' },
  ],
  options: {
    'no-referrers': { description: 'Leave behind what is attached to the package' },
    force: { description: 'Replace an archive file that is there' },
  },
  examples: [
    { command: 'waybill copy acme/digits:1.2.0 oci-archive:digits.tar', comment: 'export, under the tag 1.2.0' },
    { command: 'waybill copy oci-archive:digits.tar acme/digits:1.2.0', comment: 'import' },
  ],
  output: z.object({
    digest: digest.describe('Digest of the manifest, the same at both ends'),
    to: z.string().describe('Where it is now'),
    blobs: z.number().int().describe('Blobs and manifests that were copied'),
    blobsSkipped: z.number().int().describe('Those that were there already'),
    bytes: bytes.describe('Bytes that were copied'),
    resumed: z.boolean().describe('Whether an interrupted transfer was gone on with'),
  }),
  async run(context, input) {
    const [from = '', to = ''] = input.positionals;
    const destination = parseLocation(to);
    await using found = await locate(context, from);
    const name = nameAt(destination, to, found.name);
    await using store = await openDestination(context, destination, to, input.has('force'));
    const result = await copyArtifact(found.store, store, found.target, {
      ...(name === undefined ? {} : { name }),
      referrers: !input.has('no-referrers'),
      progress: context.progress,
      signal: context.signal,
    });
    await store.finish?.();
    return {
      ...result,
      to:
        destination.kind === 'place' && name !== undefined ? `${destination.store.id}:${destination.path}:${name}` : to,
    };
  },
  print: ({ to, digest, blobs, blobsSkipped, bytes }, paint) =>
    `${paint.good('copied')} ${paint.bold(to)}  ${digest}\n  ${count(blobs, 'blob')}, ${formatSize(bytes)}${blobsSkipped === 0 ? '' : `; ${count(blobsSkipped, 'blob')} already there`}`,
});

/** A place that names no tag gets the artifact's own, without the repository: what other tools expect there. */
function nameAt(destination: Location, text: string, original: string | undefined): string | undefined {
  if (destination.kind === 'folder')
    throw new WaybillError('USAGE', `Cannot copy to ${text}: it is a plain folder`, {
      hint: `waybill unpack restores files; oci:${text} makes a layout`,
    });
  if (destination.kind === 'place') {
    if (destination.name !== undefined && isDigest(destination.name))
      throw new WaybillError('USAGE', `Cannot copy to ${text}: the digest follows from the content`, {
        hint: 'Name a tag',
      });
    return destination.name ?? original?.slice(original.lastIndexOf(':') + 1);
  }
  const { reference } = destination;
  if (reference.digest !== undefined)
    throw new WaybillError('USAGE', `Cannot copy to ${text}: the digest follows from the content`, {
      hint: 'Name a tag',
    });
  if (reference.tag !== undefined) return formatReference(reference);
  const tag = original?.slice(original.lastIndexOf(':') + 1);
  if (tag === undefined)
    throw new WaybillError('USAGE', `Cannot copy to ${text}: it has no tag`, { hint: `For example ${text}:1.0.0` });
  return `${formatReference(reference)}:${tag}`;
}

async function openDestination(
  context: Context,
  destination: Location,
  text: string,
  overwrite: boolean,
): Promise<OpenStore> {
  if (destination.kind === 'place') return destination.store.open(destination.path, { access: 'write', overwrite });
  if (destination.kind === 'local') return openLocalStore(context, 'write');
  throw new WaybillError('USAGE', `Cannot copy to ${text}: it is a plain folder`);
}
