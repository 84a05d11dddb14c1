import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { spareMemory } from '../../base/spare-memory.ts';
import { openDigestCache } from '../../model/digest-cache.ts';
import { pack as packSource } from '../../model/pack.ts';
import { readSource, type Source } from '../../model/source/read.ts';
import { formatReference, parseReference, tagOfVersion } from '../../oci/reference.ts';
import { defineCommand, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { type Destination, openDestination } from '../destination.ts';
import { cacheFile } from '../folders.ts';
import { openLocalStore } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/pack.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';

const MAX_SHOWN_FOLDERS = 12;
/** With fewer, what V8 keeps in reserve is small beside the program itself. */
const MANY_FILES = 10_000;

export const pack = defineCommand<Output>({
  name: 'pack',
  summary: 'Pack a model folder into one artifact in the local store, or straight into a registry',
  description: [
    'Packs the files that the components of waybill.yaml name, each listed with its digest. The same files give the same digest on every machine; a folder that has not changed is not read again.',
    'What no component names is listed, and fails with --strict. A file that changes while it is packed fails by its name.',
    'With --to each file is hashed while it is sent, and the package is the same. What the registry has of an unchanged folder is not sent again; after a broken line or a kill the next run goes on where the last one stopped.',
  ],
  arguments: [
    { name: 'DIR', description: 'the folder with waybill.yaml (default: the current one)', isOptional: true },
  ],
  options: {
    to: {
      value: 'REF',
      description: 'Pack straight into a registry, or a layout oci:DIR, without a copy in the local store',
    },
    tag: { value: 'REF', description: 'Name in the store (default: NAME:VERSION of waybill.yaml)' },
    link: {
      description:
        'Take files into the store as hard links: nothing is written, but an edit in place damages the stored version (which is noticed and never served)',
    },
    strict: { description: 'Fail when files are left out because no component names them' },
    'no-cache': { description: 'Read every file, whatever is known from earlier packs' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill pack', comment: 'the current folder' },
    {
      command: 'waybill pack ./digits --tag acme/digits:candidate --strict',
      comment: 'under a name of your own, leaving nothing out',
    },
    {
      command: 'waybill pack ./digits --to localhost:5000/acme/digits',
      comment: 'straight into a registry, under the version as its tag',
    },
  ],
  goesOn(input) {
    const to = input.text('to');
    return to !== undefined && parseLocation(to).kind === 'registry';
  },
  output: async () => (await import('../outputs/pack.ts')).output,
  async run(context, input) {
    const source = readSource(input.positionals[0] ?? '.');
    if (source.files.length > MANY_FILES) spareMemory();
    if (input.has('strict')) requireAllListed(source);
    const { store, name, shown } = await openTarget(context, input, source);
    await using _ = store;
    using cache = openDigestCache(
      cacheFile(context.environment, context.platform),
      context.clock.now(),
      input.has('no-cache'),
    );
    const packed = await packSource(
      source,
      { store, cache, progress: context.progress, signal: context.signal },
      { ...(name === undefined ? {} : { name }), bring: input.has('link') ? 'link' : 'clone' },
    );
    const { manifest, ...facts } = packed;
    return {
      reference: shown,
      digest: manifest.digest,
      ...facts,
      unlisted: [...source.unlisted],
      findings: [...packed.findings],
    };
  },
  print(output, paint) {
    const { bytesRead, bytesWritten, bytesSent, resumed } = output;
    const read =
      bytesRead + bytesSent === 0
        ? 'nothing read, nothing written'
        : `read ${formatSize(bytesRead)}, ${bytesSent === 0 ? `wrote ${formatSize(bytesWritten)}` : `sent ${formatSize(bytesSent)}`}${resumed ? '; went on where it had stopped' : ''}`;
    const lines = [
      `${paint.good('packed')} ${paint.bold(output.reference)}`,
      `  digest      ${output.digest}`,
      `  set digest  ${output.setDigest}`,
      `  content     ${count(output.fileCount, 'file')} in ${count(output.layerCount, 'layer')}, ${formatSize(output.size)} (${read})`,
    ];
    if (output.unlisted.length > 0)
      lines.push(
        '',
        `${paint.warn('left out')}: ${count(output.unlisted.length, 'file')} that no component names`,
        ...byFolder(output.unlisted),
      );
    if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
    return lines.join('\n');
  },
});

/** Where the package goes: the local store, or with --to anywhere that takes it straight from the folder. */
async function openTarget(context: Context, input: Input, { file }: Source): Promise<Destination> {
  const own = `${file.name}:${tagOfVersion(file.version)}`;
  const to = input.text('to');
  if (to === undefined) {
    const reference = parseReference(input.text('tag') ?? own);
    if (reference.tag === undefined || reference.digest !== undefined)
      throw new WaybillError('USAGE', 'Cannot pack: --tag needs a name with a tag and without a digest', {
        hint: `For example --tag ${own}`,
      });
    const name = formatReference(reference);
    return { store: await openLocalStore(context, 'write'), name, shown: name };
  }
  if (input.text('tag') !== undefined || parseLocation(to).kind === 'local')
    throw new WaybillError(
      'USAGE',
      `Cannot pack to ${to}: --tag names a package in the local store, --to one outside it`,
      {
        hint: `For example --to registry.example/${own}`,
      },
    );
  if (input.has('link') && parseLocation(to).kind === 'registry')
    throw new WaybillError('USAGE', `Cannot pack to ${to}: --link is for folders on the same disk`, {
      hint: 'Leave --link away: nothing is written on this machine',
    });
  return openDestination(context, to, { original: own });
}

function requireAllListed({ unlisted }: Source): void {
  if (unlisted.length === 0) return;
  const shown = `${unlisted.slice(0, 5).join(', ')}${unlisted.length > 5 ? ', …' : ''}`;
  throw new WaybillError(
    'FILES_UNLISTED',
    `Cannot pack: ${count(unlisted.length, 'file')} would be left out (${shown})`,
    { hint: 'Name them under components in waybill.yaml, or remove them' },
  );
}

/** Paths gathered by folder, so that a thousand of them are a few lines. */
function byFolder(paths: readonly string[]): string[] {
  const folders = new Map<string, string[]>();
  for (const file of paths)
    folders.set(path.posix.dirname(file), [
      ...(folders.get(path.posix.dirname(file)) ?? []),
      path.posix.basename(file),
    ]);
  const lines = [...folders].map(([folder, names]) => {
    const shown = names.slice(0, 4).map(safeText).join(', ');
    return `  ${folder === '.' ? './' : `${safeText(folder)}/`}  ${shown}${names.length > 4 ? `, … (${names.length})` : ''}`;
  });
  return lines.length > MAX_SHOWN_FOLDERS
    ? [...lines.slice(0, MAX_SHOWN_FOLDERS), `  … and ${lines.length - MAX_SHOWN_FOLDERS} more folders`]
    : lines;
}
