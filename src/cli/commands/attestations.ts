import { defineCommand } from '../command.ts';
import type { Output } from '../outputs/attestations.ts';
import { formatAttestations } from '../print/attestations.ts';
import { networkOptions } from '../registry.ts';
import { trustOptions } from '../trust/trust-options.ts';

export const attestations = defineCommand<Output>({
  name: 'attestations',
  summary: 'List what is attached to a package: who says what of it, and whether that is verified',
  description: [
    'Signed statements, whoever attached them: as referrers, and under the tags that cosign wrote before version 3. Whoever may push can attach anything, under any name, so without --key all of it is shown as not verified.',
    'With --key, verified means: signed by one of these keys, and about exactly this digest. With --trust, it means that the statement counts for a requirement of the policy, by its role, time, log and revocations; else the reason stands beside it. The exit status tells nothing of trust: that is what waybill verify --trust is for.',
    'What cannot be read is shown with the reason. More than 1,000 statements are not read in part: it is said that nothing can be told.',
  ],
  arguments: [{ name: 'REF', description: 'a package in the local store, in a registry, oci:DIR or oci-archive:FILE' }],
  options: {
    key: {
      value: 'FILE',
      isRepeatable: true,
      description: 'A public key in PEM: show what it signed as verified. May be given several times',
    },
    ...trustOptions,
    type: { value: 'TYPE', description: 'Only statements of this type: a URI or a short name' },
    predicates: { description: 'With --json: also all of what each one says' },
    save: {
      value: 'DIR',
      description:
        'Write the signature bundles into a folder, for other tools; with --key or --trust only those that are signed accordingly',
    },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill attestations acme/digits:1.2.0', comment: 'what anybody says' },
    {
      command: 'waybill attestations acme/digits:1.2.0 --key evaluator.pub --type test-result',
      comment: 'what the evaluator says of tests',
    },
    {
      command: 'waybill attestations acme/digits:1.2.0 --trust trust.yaml',
      comment: 'what counts by the policy, and why the rest does not',
    },
    {
      command: 'waybill attestations acme/digits:1.2.0 --key evaluator.pub --save bundles',
      comment: 'what the evaluator signed, as files',
    },
  ],
  output: async () => (await import('../outputs/attestations.ts')).output,
  async run(context, input) {
    const [text = ''] = input.positionals;
    const { listAttestations } = await import('../trust/list-attestations.ts');
    return listAttestations(context, input, {
      text,
      keyFiles: input.texts('key'),
      type: input.text('type'),
      withPredicates: input.has('predicates'),
      saveIn: input.text('save'),
    });
  },
  print: formatAttestations,
});
