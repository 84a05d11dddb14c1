import { readFiles } from '../../model/artifact/read-files.ts';
import { assertRestorable, readStructure } from '../../model/artifact/structure.ts';
import { type DiffFile, diffFiles } from '../../model/diff.ts';
import { openDigestCache } from '../../model/digest-cache.ts';
import { filesOfFolder } from '../../model/folder-files.ts';
import { SUMS_FILE } from '../../model/sums.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { cacheFile } from '../folders.ts';
import { locate } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/diff.ts';
import { safeText } from '../print/safe-text.ts';
import { formatTable } from '../print/table.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';

export const diff = defineCommand<Output>({
  name: 'diff',
  summary: 'Show which files differ between two packages or folders',
  description: [
    'A folder with a waybill.yaml stands for what would be packed, any other for all its files. Files are compared by digest; one that left a path and stands at another has moved. SHA256SUMS, which follows from the others, is not compared.',
  ],
  arguments: [
    { name: 'A', description: 'a package or a folder' },
    { name: 'B', description: 'a package or a folder' },
  ],
  options: networkOptions,
  examples: [
    { command: 'waybill diff acme/digits:1.1.0 acme/digits:1.2.0', comment: 'between two versions' },
    { command: 'waybill diff acme/digits:1.2.0 ./digits', comment: 'what has changed since it was packed' },
  ],
  output: async () => (await import('../outputs/diff.ts')).output,
  async run(context, input) {
    const [a = '', b = ''] = input.positionals;
    const [before, after] = [await filesAt(context, a), await filesAt(context, b)];
    const files = diffFiles(before, after).map((change) => ({ ...change }));
    const touched = new Set(files.map(({ path }) => path));
    return { files, same: after.filter(({ path }) => !touched.has(path)).length };
  },
  print({ files, same }, paint) {
    if (files.length === 0) return `${paint.good('same')}  ${count(same, 'file')}`;
    const signs = { added: paint.good('+'), removed: paint.bad('-'), changed: paint.warn('~'), moved: paint.dim('>') };
    const rows = files.map(({ change, path, from, before, after }) => {
      const size = after?.size ?? before?.size ?? 0;
      const detail =
        from === undefined
          ? before && after && before.digest === after.digest
            ? '(executable bit)'
            : ''
          : `(from ${safeText(from)})`;
      return [signs[change], formatSize(size), `${safeText(path)} ${paint.dim(detail)}`.trimEnd()];
    });
    return `${formatTable([{}, { align: 'right' }, {}], rows)}\n${paint.dim(`${count(files.length, 'file')} ${files.length === 1 ? 'differs' : 'differ'}, ${same} equal`)}`;
  },
  exitOf: ({ files }) => (files.length === 0 ? 0 : 1),
});

async function filesAt(context: Context, text: string): Promise<readonly DiffFile[]> {
  const { progress, signal } = context;
  const location = parseLocation(text);
  if (location.kind === 'folder') {
    using cache = openDigestCache(cacheFile(context.environment, context.platform), context.clock.now());
    return await filesOfFolder(location.folder, { cache, progress, signal });
  }
  await using found = await locate(context, text);
  const structure = await readStructure(found.store, found.target);
  assertRestorable(structure, text);
  return (await readFiles(found.store, structure)).filter(({ path }) => path !== SUMS_FILE);
}
