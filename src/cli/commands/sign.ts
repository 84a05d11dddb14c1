import { defineCommand } from '../command.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/sign.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';
import { signerOptions } from '../trust/signer-options.ts';
import { logOptions } from '../trust/statement-log.ts';

export const sign = defineCommand<Output>({
  name: 'sign',
  summary: 'Sign a package as its publisher, or the files of a folder',
  description: [
    'A package is verified first, every byte but those of files that have not been touched since they were packed or last signed here. Then two signatures are attached to it: one over every file, as OpenSSF Model Signing has it, and the statement of the publisher, which binds name, version, manifest, SHA256SUMS and that signature to each other. cosign verifies the statement, model_signing the files.',
    'A folder gets a signature over its files, model.sig, that model_signing verifies too, and waybill verify DIR --signature. What a model signature leaves out (.git, .gitattributes, .gitignore, .github) is refused there unless a SHA256SUMS covers it.',
    'Signed again by the same key, there is nothing to do.',
  ],
  arguments: [
    {
      name: 'REF|DIR',
      description: 'a package in the local store, a registry or oci:DIR; or a folder (beginning with . or /)',
    },
  ],
  options: {
    ...signerOptions,
    expires: { value: 'DATE', description: 'Until when a package is to be believed to be published: 2027-12-31' },
    signature: { value: 'FILE', description: 'Where the signature of a folder goes (default: model.sig in it)' },
    ...logOptions,
    'no-cache': { description: 'Read every file, whatever is known of it' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill sign acme/digits:1.2.0 --key publisher.key', comment: 'a package, as its publisher' },
    { command: 'waybill sign ./digits --key publisher.key', comment: 'the files of a folder: writes model.sig' },
  ],
  output: async () => (await import('../outputs/sign.ts')).output,
  async run(context, input) {
    const [text = ''] = input.positionals;
    return parseLocation(text).kind === 'folder'
      ? (await import('../trust/sign-dir.ts')).signDir(context, text, input)
      : (await import('../trust/sign-ref.ts')).signRef(context, text, input);
  },
  print(output, paint) {
    const { subject, result, name, version, keyId, digest, omsRoot, signature, expires, where, logged } = output;
    const done = result === 'signed' ? paint.good('signed') : paint.dim('nothing to do, signed before:');
    const shown = subject === 'folder' ? name : `${name} ${version}`;
    const read = `${formatSize(output.bytesRead)} read${output.bytesKnown === 0 ? '' : `, ${formatSize(output.bytesKnown)} known`}`;
    const lines = [`${done} ${paint.bold(safeText(shown))}  ${count(output.fileCount, 'file')}, ${read}`];
    if (digest !== undefined) lines.push(`  digest     ${digest}`);
    lines.push(`  files      ${omsRoot}`, `  by         key ${keyId.slice(0, 16)}`);
    if (expires !== undefined) lines.push(`  until      ${expires}`);
    if (logged === true) lines.push('  logged     with proofs beside the signatures');
    if (signature !== undefined) lines.push(`  signature  ${safeText(signature)}`);
    if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
    if (where === 'store' && result === 'signed') lines.push(paint.dim('  waybill push takes the signatures along'));
    return lines.join('\n');
  },
});
