import { WaybillError } from '../../base/errors.ts';
import { copy } from '../../oci/copy.ts';
import { defineCommand } from '../command.ts';
import { openDestination } from '../destination.ts';
import { locateLocally } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/push.ts';
import { trustFields } from '../outputs/trust-fields.ts';
import { formatJudgement } from '../print/trust.ts';
import { networkOptions } from '../registry.ts';
import { formatTransfer } from '../transfer.ts';
import { trustOptions } from '../trust/trust-options.ts';

export const push = defineCommand<Output>({
  name: 'push',
  summary: 'Send a package from the local store to a registry, with what is attached to it',
  description: [
    'Works with any registry of the OCI distribution specification. What the registry has is not sent again; after a broken line or a kill the next push goes on where the last one stopped.',
    'REF needs a host unless TO names one: registry.example/acme/digits:1.2.0.',
    'With --trust nothing is sent unless the policy is satisfied for the repository that it is sent to.',
  ],
  arguments: [
    { name: 'REF', description: 'a package in the local store' },
    { name: 'TO', description: 'its name in the registry, with the host (default: REF itself)', isOptional: true },
  ],
  options: {
    'no-referrers': { description: 'Leave behind what is attached to the package' },
    ...trustOptions,
    ...networkOptions,
  },
  examples: [
    { command: 'waybill push acme/digits:1.2.0 registry.example/acme/digits:1.2.0', comment: 'to a registry' },
    {
      command: 'waybill push acme/digits:1.2.0 localhost:5000/acme/digits',
      comment: 'to one on this machine, under the same tag',
    },
  ],
  goesOn: () => true,
  output: async () => (await import('../outputs/push.ts')).output,
  async run(context, input) {
    const [from = '', to = from] = input.positionals;
    const [source, destination] = [parseLocation(from), parseLocation(to)];
    if (source.kind !== 'local' && source.kind !== 'registry')
      throw new WaybillError('USAGE', `Cannot push ${from}: it is not in the local store`, {
        hint: `waybill copy ${from} HOST/NAME:TAG`,
      });
    if (destination.kind !== 'registry')
      throw new WaybillError('USAGE', `Cannot push to ${to}: it names no host`, {
        hint: `waybill push ${from} HOST/${to}`,
      });
    await using found = await locateLocally(context, source.reference, from);
    const { store, name, shown } = await openDestination(context, to, { original: found.name });
    await using _ = store;
    const { admit } = await import('../trust/judge.ts');
    const { host, repository, tag } = destination.reference;
    const asked = input.text('repository') === undefined ? { host, repository, tag } : undefined;
    const { trust } = await admit(context, input, { text: from, found, asked, attempt: `Cannot push ${from}` });
    const { bytes, ...result } = await copy(found.store, store, found.target, {
      ...(name === undefined ? {} : { name }),
      referrers: !input.has('no-referrers'),
      label: 'Pushing',
      progress: context.progress,
      signal: context.signal,
    });
    return { ...result, to: shown, bytesSent: bytes, ...trustFields(trust) };
  },
  print: (output, paint) =>
    [
      formatTransfer('pushed', output, output.bytesSent, paint),
      ...formatJudgement({ ...output, findings: [] }, paint),
    ].join('\n'),
});
