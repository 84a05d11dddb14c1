import { WaybillError } from '../../base/errors.ts';
import { formatReference, parseReference } from '../../oci/reference.ts';
import { defineCommand } from '../command.ts';
import { locateLocally, openLocalStore } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/tag.ts';

export const tag = defineCommand<Output>({
  name: 'tag',
  summary: 'Give a package in the local store another name',
  description: ['The new name points to the same digest. A name that points elsewhere is moved only with --force.'],
  arguments: [
    { name: 'REF', description: 'a package in the local store' },
    { name: 'NEW', description: 'the new name, with a tag' },
  ],
  options: { force: { description: 'Move the name if it points to another package' } },
  examples: [
    { command: 'waybill tag acme/digits:1.2.0 acme/digits:stable', comment: 'a second name' },
    { command: 'waybill tag acme/digits:1.3.0 acme/digits:stable --force', comment: 'moved to another version' },
  ],
  output: async () => (await import('../outputs/tag.ts')).output,
  async run(context, input) {
    const [from = '', to = ''] = input.positionals;
    const reference = parseReference(to);
    if (reference.tag === undefined || reference.digest !== undefined)
      throw new WaybillError('USAGE', `Cannot tag: ${JSON.stringify(to)} is no name with a tag`, {
        hint: 'For example acme/digits:stable',
      });
    const source = parseLocation(from);
    // A name with a host is one that was pulled from there.
    if (source.kind !== 'local' && source.kind !== 'registry')
      throw new WaybillError('USAGE', `Cannot tag ${from}: it is not in the local store`, {
        hint: `waybill copy ${from} ${to}`,
      });
    const name = formatReference(reference);
    await using found = await locateLocally(context, source.reference, from);
    await using store = await openLocalStore(context, 'write');
    const before = await store.resolve(name);
    const previous = before === undefined || before.digest === found.target.digest ? undefined : before.digest;
    if (previous !== undefined && !input.has('force')) {
      throw new WaybillError('DESTINATION_EXISTS', `Cannot tag ${name}: it points to ${previous}`, {
        hint: 'Add --force to move it',
      });
    }
    await store.tag(name, found.target);
    return { reference: name, digest: found.target.digest, ...(previous === undefined ? {} : { previous }) };
  },
  print: ({ reference, digest, previous }, paint) =>
    `${paint.good('tagged')} ${paint.bold(reference)}  ${digest}${previous === undefined ? '' : paint.dim(` (was ${previous})`)}`,
});
