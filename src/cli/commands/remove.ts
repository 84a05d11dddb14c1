import { WaybillError } from '../../base/errors.ts';
import { formatReference, parseReference } from '../../oci/reference.ts';
import { defineCommand } from '../command.ts';
import { openLocalStore } from '../locate.ts';
import type { Output } from '../outputs/remove.ts';

export const remove = defineCommand<Output>({
  name: 'remove',
  summary: 'Take a name out of the local store',
  description: ['Only the name goes: content that nothing reaches any more is freed by waybill prune.'],
  arguments: [{ name: 'REF', description: 'a name with its tag' }],
  options: {},
  examples: [
    { command: 'waybill remove acme/digits:1.1.0', comment: 'one name' },
    {
      command: 'waybill remove acme/digits:1.1.0 && waybill prune',
      comment: 'and its content, if nothing else reaches it',
    },
  ],
  output: async () => (await import('../outputs/remove.ts')).output,
  async run(context, input) {
    const reference = parseReference(input.positionals[0] ?? '');
    if (reference.tag === undefined || reference.digest !== undefined)
      throw new WaybillError('USAGE', 'Cannot remove: a name with its tag is needed', {
        hint: 'waybill list shows the names',
      });
    const name = formatReference(reference);
    await using store = await openLocalStore(context, 'write');
    if (!(await store.untag(name)))
      throw new WaybillError('MANIFEST_UNKNOWN', `Cannot remove ${name}: the local store has no such name`, {
        hint: 'waybill list shows the names',
      });
    return { reference: name, removed: true };
  },
  print: ({ reference }, paint) => `${paint.good('removed')} ${paint.bold(reference)}`,
});
