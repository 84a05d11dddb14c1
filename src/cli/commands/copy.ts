import { type CopyOptions, copy as copyArtifact } from '../../oci/copy.ts';
import { defineCommand, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { openDestination } from '../destination.ts';
import { openEveryTag, openReceiver } from '../every-tag.ts';
import { locate } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/copy.ts';
import { networkOptions } from '../registry.ts';
import { formatTags, formatTransfer } from '../transfer.ts';

export const copy = defineCommand<Output>({
  name: 'copy',
  summary: 'Copy a package, with what is attached to it, between stores, registries, folders and archives',
  description: [
    'The manifest is copied byte for byte: the digest stays. Content that is there already is not copied again, and every blob is verified on its way.',
    'oci:DIR is a layout folder and oci-archive:FILE its tar, as skopeo, podman and oras read them: this is how a package goes to a site without a network, and comes back. A name with a host is a registry, at both ends.',
    'With --all-tags both ends are named without a tag, and every artifact of the repository, layout or archive goes under its own; so do signatures under the tags that cosign wrote before version 3, which a copy of one package leaves behind. A copy that was interrupted is run again: what has arrived is not copied twice.',
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
    'all-tags': { description: 'Copy every artifact of the repository, each under its own tag' },
    force: { description: 'Replace an archive file that is there' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill copy acme/digits:1.2.0 oci-archive:digits.tar', comment: 'export, under the tag 1.2.0' },
    { command: 'waybill copy oci-archive:digits.tar acme/digits:1.2.0', comment: 'import' },
    { command: 'waybill copy --all-tags acme/digits oci:disk', comment: 'every version' },
  ],
  goesOn: ({ positionals: [from = '', to = ''] }) =>
    [from, to].some((end) => parseLocation(end).kind === 'registry') && !to.startsWith('oci-archive:'),
  output: async () => (await import('../outputs/copy.ts')).output,
  run: (context, input) => (input.has('all-tags') ? copyAll(context, input) : copyOne(context, input)),
  print: ({ digest, tags = [], ...output }, paint) =>
    digest === undefined
      ? formatTags('copied', { ...output, tags }, output.bytesSent, paint)
      : formatTransfer('copied', { ...output, digest }, output.bytesSent, paint),
});

async function copyOne(context: Context, input: Input): Promise<Output> {
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
    ...wishes(context, input),
  });
  await store.finish?.();
  return { ...result, to: shown, bytesSent: bytes };
}

async function copyAll(context: Context, input: Input): Promise<Output> {
  const [from = '', to = ''] = input.positionals;
  const source = await openEveryTag(context, from);
  await using from_ = source.store;
  const receiver = await openReceiver(context, to, {
    overwrite: input.has('force'),
    mountFrom: mountable(from, to),
  });
  await using store = receiver.store;
  const tags: { tag: string; digest: string }[] = [];
  const total = { blobs: 0, blobsSkipped: 0, bytesSent: 0, resumed: false };
  for (const { tag, target } of source.artifacts) {
    const name = receiver.nameOf(tag);
    const result = await copyArtifact(from_, store, target, { name, ...wishes(context, input) });
    tags.push({ tag, digest: result.digest });
    total.blobs += result.blobs;
    total.blobsSkipped += result.blobsSkipped;
    total.bytesSent += result.bytes;
    total.resumed ||= result.resumed;
  }
  await store.finish?.();
  return { to, ...total, tags };
}

function wishes({ progress, signal }: Context, input: Input): CopyOptions {
  return { referrers: !input.has('no-referrers'), progress, signal };
}

/** Between two repositories of one registry the blobs need not move at all. */
function mountable(from: string, to: string): readonly string[] {
  const [source, destination] = [parseLocation(from), parseLocation(to)];
  if (source.kind !== 'registry' || destination.kind !== 'registry') return [];
  return source.reference.host === destination.reference.host ? [source.reference.repository] : [];
}
