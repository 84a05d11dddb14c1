import { defineCommand } from '../command.ts';
import { askThisHost, pythonOption } from '../host-target.ts';
import type { Output } from '../outputs/compat.ts';
import { formatCompatibility } from '../print/compatibility.ts';
import { networkOptions } from '../registry.ts';

export const compat = defineCommand<Output>({
  name: 'compat',
  summary: 'Say whether a package will run on a machine, and if not, what to change first',
  description: [
    'Compares what waybill.yaml requires, what the locks pin and what the weights are with what is known of a machine: this host, a target file that waybill host printed there, or the JSON of a Kubernetes node. Each requirement fits, does not fit, or cannot be told; the exit status is 0, 1 or 2 in turn: any that does not fit decides, then any that cannot be told.',
    'Nothing of the package runs. Of the weights only the description is read, and it is not held to the digest of the package: waybill verify does that.',
  ],
  arguments: [{ name: 'REF|DIR', description: 'a package, or a folder with a waybill.yaml (beginning with . or /)' }],
  options: {
    target: {
      value: 'FILE',
      description: 'A target file, or the JSON of a Kubernetes node (default: host, this machine)',
    },
    python: pythonOption,
    ...networkOptions,
  },
  examples: [
    { command: 'waybill compat acme/digits:1.2.0', comment: 'on this machine' },
    { command: 'waybill compat ./digits --target edge-1.yaml', comment: 'on another, before it is packed' },
  ],
  output: async () => (await import('../outputs/compat.ts')).output,
  async run(context, input) {
    const [subject = ''] = input.positionals;
    const from = input.text('target') ?? 'host';
    // Asked before what looks at packages is loaded: to start a Python takes as long.
    const host = from === 'host' ? askThisHost(context, input.text('python')) : undefined;
    const { compare } = await import('../compare.ts');
    return compare(context, subject, { from, host });
  },
  print: (output, paint) => formatCompatibility(output, paint),
  exitOf: ({ verdict }) => ({ fits: 0, 'does-not-fit': 1, 'cannot-tell': 2 })[verdict] as 0 | 1 | 2,
});
