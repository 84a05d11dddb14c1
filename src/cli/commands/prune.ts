import { prune as pruneLayout, removeDamaged } from '../../oci/layout/prune.ts';
import { defineCommand } from '../command.ts';
import type { Output } from '../outputs/prune.ts';
import { count, formatSize } from '../print/units.ts';

export const prune = defineCommand<Output>({
  name: 'prune',
  summary: 'Free what no name in the local store reaches',
  description: [
    'Content that a name, an attachment of a named package, or an operation under way reaches is never removed: prune waits for other Waybill processes, and gives up after ten seconds.',
  ],
  arguments: [],
  options: {
    'dry-run': { description: 'Only say what would go' },
    damaged: {
      description:
        'Remove what is not what its digest says instead, after reading everything: then pack or pull it again',
    },
  },
  examples: [
    { command: 'waybill prune --dry-run', comment: 'what would be freed' },
    { command: 'waybill prune', comment: 'free it' },
  ],
  output: async () => (await import('../outputs/prune.ts')).output,
  async run(context, input) {
    const dryRun = input.has('dry-run');
    const { removed, bytes, leftovers } = input.has('damaged')
      ? await removeDamaged(context.storeFolder, { progress: context.progress, signal: context.signal }, { dryRun })
      : await pruneLayout(context.storeFolder, { dryRun });
    return { removed: [...removed], bytes, leftovers, dryRun };
  },
  print({ removed, bytes, leftovers, dryRun }, paint) {
    const rest = leftovers === 0 ? '' : ` and ${count(leftovers, 'leftover')} of interrupted operations`;
    return `${paint.good(dryRun ? 'would free' : 'freed')} ${formatSize(bytes)}: ${count(removed.length, 'blob')}${rest}`;
  },
});
