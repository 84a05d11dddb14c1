import { compat as compareWithTarget } from '../../model/environment/compat/compat.ts';
import { type PackageView, viewArtifact, viewFolder } from '../../model/environment/compat/package-view.ts';
import { partsFor } from '../../model/environment/compat/parts.ts';
import { readTargetFile } from '../../model/environment/target/parse.ts';
import type { Target } from '../../model/environment/target/schema.ts';
import { defineCommand, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { pythonOption, thisHost } from '../host-target.ts';
import { locate } from '../locate.ts';
import { parseLocation } from '../location.ts';
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
    const location = parseLocation(subject);
    if (location.kind === 'folder') return compare(context, input, { view: viewFolder(location.folder) });
    await using found = await locate(context, subject);
    const view = await viewArtifact(found.store, found.target, subject);
    return await compare(context, input, { view, digest: found.target.digest });
  },
  print: (output, paint) => formatCompatibility(output, paint),
  exitOf: ({ verdict }) => ({ fits: 0, 'does-not-fit': 1, 'cannot-tell': 2 })[verdict] as 0 | 1 | 2,
});

async function compare(
  context: Context,
  input: Input,
  { view, digest }: { view: PackageView; digest?: string },
): Promise<Output> {
  const from = input.text('target') ?? 'host';
  const target = await targetOf(context, input, { from, view });
  const { verdict, findings, memory } = await compareWithTarget(view, target);
  const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    verdict,
    ...optional('digest', digest),
    target: {
      from,
      ...optional('name', target.name),
      ...optional('os', target.os),
      ...optional('architecture', target.architecture),
    },
    findings: findings.map(({ details, ...rest }) => ({
      ...rest,
      ...(details === undefined ? {} : { details: [...details] }),
    })),
    memory: { ...memory, how: [...memory.how] },
  };
}

async function targetOf(
  context: Context,
  input: Input,
  { from, view }: { from: string; view: PackageView },
): Promise<Target> {
  if (from === 'host') return thisHost(context, input.text('python'), partsFor(view));
  const { target, findings } = readTargetFile(from);
  for (const { message } of findings) context.note(`${from}: ${message}`);
  return target;
}
