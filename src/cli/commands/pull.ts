import { WaybillError } from '../../base/errors.ts';
import { copy } from '../../oci/copy.ts';
import { formatReference } from '../../oci/reference.ts';
import { defineCommand } from '../command.ts';
import { locate, openLocalStore } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/pull.ts';
import { trustFields } from '../outputs/trust-fields.ts';
import { formatJudgement } from '../print/trust.ts';
import { networkOptions } from '../registry.ts';
import { formatTransfer } from '../transfer.ts';
import { acceptOptions, trustOptions } from '../trust/trust-options.ts';

export const pull = defineCommand<Output>({
  name: 'pull',
  summary: 'Bring a package from a registry into the local store, with what is attached to it',
  description: [
    'Every byte is verified while it is written, once; what the store has is not fetched again, and after a broken line or a kill the next pull goes on where the last one stopped. The name keeps its host.',
    'Who signed a repository is remembered when it is first pulled, and the digest of each tag: that another key signs it, that it is no longer signed, or that a tag names an older version than before is refused, until --accept-change. It says that somebody is another than last time, not who it is.',
    'With --trust nothing is fetched but what the policy asks about, until it is satisfied.',
  ],
  arguments: [{ name: 'REF', description: 'a package in a registry, with the host' }],
  options: {
    'no-referrers': { description: 'Leave behind what is attached to the package' },
    ...trustOptions,
    ...acceptOptions,
    ...networkOptions,
  },
  examples: [
    { command: 'waybill pull registry.example/acme/digits:1.2.0', comment: 'by its tag' },
    {
      command: 'waybill pull registry.example/acme/digits:1.2.0 --trust trust.yaml',
      comment: 'only if the policy is satisfied',
    },
    { command: 'waybill pull localhost:5000/acme/digits:1.2.0 --json', comment: 'for programs' },
  ],
  goesOn: () => true,
  output: async () => (await import('../outputs/pull.ts')).output,
  async run(context, input) {
    const [from = ''] = input.positionals;
    const location = parseLocation(from);
    if (location.kind !== 'registry')
      throw new WaybillError('USAGE', `Cannot pull ${from}: it names no host`, { hint: `waybill pull HOST/${from}` });
    await using found = await locate(context, from, { fromRegistry: true });
    const { admit } = await import('../trust/judge.ts');
    // Resolved once: what is judged is what is copied, whatever the registry says of the tag meanwhile.
    const { findings, trust } = await admit(context, input, { text: from, found, attempt: `Cannot pull ${from}` });
    await using store = await openLocalStore(context, 'write');
    const { bytes, ...result } = await copy(found.store, store, found.target, {
      ...(found.name === undefined ? {} : { name: found.name }),
      referrers: !input.has('no-referrers'),
      label: 'Pulling',
      progress: context.progress,
      signal: context.signal,
    });
    return {
      ...result,
      to: found.name ?? formatReference(location.reference),
      bytesReceived: bytes,
      ...trustFields(trust),
      findings: [...findings],
    };
  },
  print: (output, paint) =>
    [formatTransfer('pulled', output, output.bytesReceived, paint), ...formatJudgement(output, paint)].join('\n'),
});
