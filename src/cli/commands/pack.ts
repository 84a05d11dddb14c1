import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { openDigestCache } from '../../model/digest-cache.ts';
import { pack as packSource } from '../../model/pack.ts';
import { readSource } from '../../model/source/read.ts';
import { formatReference, parseReference, tagOfVersion } from '../../oci/reference.ts';
import { defineCommand } from '../command.ts';
import { cacheFile } from '../folders.ts';
import { openLocalStore } from '../locate.ts';
import type { Output } from '../outputs/pack.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { count, formatSize } from '../print/units.ts';

const MAX_SHOWN_FOLDERS = 12;

export const pack = defineCommand<Output>({
  name: 'pack',
  summary: 'Pack a model folder into one artifact in the local store',
  description: [
    'Packs the files that the components of waybill.yaml name, each listed with its digest. The same files give the same digest on every machine; a folder that has not changed is not read again.',
    'What no component names is listed, and fails with --strict. A file that changes while it is packed fails by its name.',
  ],
  arguments: [
    { name: 'DIR', description: 'the folder with waybill.yaml (default: the current one)', isOptional: true },
  ],
  options: {
    tag: { value: 'REF', description: 'Name in the store (default: NAME:VERSION of waybill.yaml)' },
    link: {
      description:
        'Take files into the store as hard links: nothing is written, but an edit in place damages the stored version (which is noticed and never served)',
    },
    strict: { description: 'Fail when files are left out because no component names them' },
    'no-cache': { description: 'Read every file, whatever is known from earlier packs' },
  },
  examples: [
    { command: 'waybill pack', comment: 'the current folder' },
    {
      command: 'waybill pack ./digits --tag acme/digits:candidate --strict',
      comment: 'under a name of your own, leaving nothing out',
    },
  ],
  output: async () => (await import('../outputs/pack.ts')).output,
  async run(context, input) {
    const source = readSource(input.positionals[0] ?? '.');
    const reference = parseReference(input.text('tag') ?? `${source.file.name}:${tagOfVersion(source.file.version)}`);
    if (reference.tag === undefined || reference.digest !== undefined) {
      throw new WaybillError('USAGE', 'Cannot pack: --tag needs a name with a tag and without a digest', {
        hint: `For example --tag ${source.file.name}:${tagOfVersion(source.file.version)}`,
      });
    }
    if (input.has('strict') && source.unlisted.length > 0) {
      throw new WaybillError(
        'FILES_UNLISTED',
        `Cannot pack: ${count(source.unlisted.length, 'file')} would be left out (${source.unlisted.slice(0, 5).join(', ')}${source.unlisted.length > 5 ? ', …' : ''})`,
        {
          hint: 'Name them under components in waybill.yaml, or remove them',
        },
      );
    }
    const name = formatReference(reference);
    await using store = await openLocalStore(context, 'write');
    using cache = openDigestCache(
      cacheFile(context.environment, context.platform),
      context.clock.now(),
      input.has('no-cache'),
    );
    const packed = await packSource(
      source,
      { store, cache, progress: context.progress, signal: context.signal },
      { name, bring: input.has('link') ? 'link' : 'clone' },
    );
    const { manifest, ...facts } = packed;
    return {
      reference: name,
      digest: manifest.digest,
      ...facts,
      unlisted: [...source.unlisted],
      findings: [...packed.findings],
    };
  },
  print(output, paint) {
    const read =
      output.bytesRead === 0
        ? 'nothing read, nothing written'
        : `read ${formatSize(output.bytesRead)}, wrote ${formatSize(output.bytesWritten)}`;
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
