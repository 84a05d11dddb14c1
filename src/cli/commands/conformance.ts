import { checkConformance } from '../../model/conformance/check.ts';
import { SPECIFICATION } from '../../model/conformance/rules.ts';
import { type Command, defineCommand } from '../command.ts';
import { locate } from '../locate.ts';
import type { Output } from '../outputs/conformance.ts';
import { formatFindings } from '../print/findings.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';

export const conformance: Command<Output> = defineCommand({
  name: 'conformance',
  summary: `Hold an artifact to the specification of CNCF ${SPECIFICATION}, rule by rule`,
  description: [
    'Manifest, configuration, annotations and the content of every layer, also what the schema of the specification does not check. Any artifact can be asked about, whoever wrote it: this is for those who write tools.',
    'That an artifact breaks a rule does not say that it cannot be used: `verify` says whether it is whole and can be restored. The rules are in docs/reference/conformance.md, and artifacts to try other tools with in the folder conformance of the sources.',
  ],
  arguments: [{ name: 'REF', description: 'an artifact in the local store, a registry, oci:DIR or oci-archive:FILE' }],
  options: { ...networkOptions },
  examples: [
    { command: 'waybill conformance acme/digits:1.2.0', comment: 'one of ours' },
    { command: 'waybill conformance acme/digits:1.2.0 --json', comment: 'for programs' },
  ],
  output: async () => (await import('../outputs/conformance.ts')).output,
  async run(context, input) {
    const [reference = ''] = input.positionals;
    await using found = await locate(context, reference);
    const { progress, signal } = context;
    const report = await checkConformance(found.store, found.target, { progress, signal });
    return { ...report, specification: SPECIFICATION, findings: [...report.findings] };
  },
  print({ verdict, specification, digest, layerCount, bytesRead, findings }, paint) {
    const word = verdict === 'pass' ? paint.good('pass') : paint.bad('fail');
    const lines = [
      `${word}  ${specification}, ${count(layerCount, 'layer')}, ${formatSize(bytesRead)} read`,
      `  digest  ${digest}`,
    ];
    if (findings.length > 0) lines.push('', formatFindings(findings, paint));
    return lines.join('\n');
  },
  exitOf: ({ verdict }) => (verdict === 'pass' ? 0 : 1),
});
