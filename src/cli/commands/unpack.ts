import { WaybillError } from '../../base/errors.ts';
import { type Component, componentNames } from '../../model/media-types.ts';
import { type UnpackOptions, unpack as unpackArtifact } from '../../model/unpack/unpack.ts';
import { shortDigest } from '../../oci/digest.ts';
import { defineCommand } from '../command.ts';
import { locate } from '../locate.ts';
import { trustFields } from '../outputs/trust-fields.ts';
import type { Output } from '../outputs/unpack.ts';
import { safeText } from '../print/safe-text.ts';
import { formatJudgement } from '../print/trust.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';
import { acceptOptions, trustOptions } from '../trust/trust-options.ts';

export const unpack = defineCommand<Output>({
  name: 'unpack',
  summary: 'Restore the files of a package, verified, all or nothing',
  description: [
    'Files are written beside the destination, verified while they are written, and take its name at the end: an interrupted or refused run leaves the destination as it was.',
    'Nothing is written through links, and nothing that Waybill did not make is replaced unless --force says so.',
    'With --trust nothing is written unless the policy is satisfied; with --with-bases, for each of the packages. Straight from a registry, it is held to what was seen of the repository before, as in pull.',
  ],
  arguments: [
    { name: 'REF', description: 'a package in the local store, oci:DIR or oci-archive:FILE' },
    { name: 'DIR', description: 'the folder to make' },
  ],
  options: {
    only: { value: 'COMPONENTS', description: `Restore only these, divided by commas: ${componentNames.join(', ')}` },
    link: {
      description:
        'Hard links to the store in place of copies: nothing is written, but an edit in place damages the store',
    },
    'with-bases': {
      description: 'Restore the packages under model.baseModels too, and theirs: each in a folder of its own in DIR',
    },
    'with-signature': {
      description:
        'Lay the signature over the files beside them, as model.sig: model_signing verifies it without Waybill',
    },
    key: { value: 'FILE', description: 'With --with-signature: the public key that it must be of' },
    force: { description: 'Replace a folder that is there, with all that is in it' },
    ...trustOptions,
    ...acceptOptions,
    ...networkOptions,
  },
  examples: [
    { command: 'waybill unpack acme/digits:1.2.0 ./digits', comment: 'all files' },
    { command: 'waybill unpack acme/digits:1.2.0 ./weights --only weights,config', comment: 'what a runtime needs' },
    {
      command: 'waybill unpack acme/digits:1.2.0 ./signed --with-signature --key publisher.pub',
      comment: 'for somebody who has model_signing and no Waybill',
    },
  ],
  output: async () => (await import('../outputs/unpack.ts')).output,
  async run(context, input) {
    const [reference = '', folder = ''] = input.positionals;
    const only = input
      .text('only')
      ?.split(',')
      .map((name) => asComponent(name.trim()));
    await using found = await locate(context, reference);
    const { admit } = await import('../trust/judge.ts');
    // Resolved once: what is judged is what is restored.
    const judged = await admit(context, input, { text: reference, found, attempt: `Cannot unpack ${reference}` });
    if (input.text('key') !== undefined && !input.has('with-signature'))
      throw new WaybillError('USAGE', 'Cannot unpack: --key belongs to --with-signature');
    const signed = input.has('with-signature')
      ? await (await import('../trust/unpack-signature.ts')).unpackSignature(found, input)
      : undefined;
    const options: UnpackOptions = {
      ...(only === undefined ? {} : { only }),
      bring: input.has('link') ? 'link' : 'clone',
      overwrite: input.has('force'),
      ...(signed === undefined ? {} : { beside: signed.beside }),
      progress: context.progress,
      signal: context.signal,
    };
    if (input.has('with-bases')) {
      const { unpackWithBases } = await import('../unpack-with-bases.ts');
      return unpackWithBases(context, { found, reference, folder, options, judged, input });
    }
    const unpacked = await unpackArtifact(found.store, found.target, folder, options);
    return {
      ...unpacked,
      folder,
      ...(signed === undefined ? {} : { signature: signed.signature }),
      ...trustFields(judged.trust),
      findings: [...unpacked.findings, ...judged.findings],
    };
  },
  print(output, paint) {
    const lines = [
      `${paint.good('unpacked')} ${paint.bold(output.folder)}  ${count(output.fileCount, 'file')}, wrote ${formatSize(output.bytesWritten)}, every byte verified`,
    ];
    if (output.signature !== undefined) {
      const { file, keyId } = output.signature;
      lines.push(
        `  ${file}  ${keyId === undefined ? 'not verified: --key FILE says whose it must be' : `of the key ${keyId.slice(0, 16)}`}`,
      );
    }
    for (const { folder, ref, digest } of output.folders ?? [])
      lines.push(`  ${safeText(folder)}  ${safeText(ref)} ${shortDigest(digest)}`);
    return [...lines, ...formatJudgement(output, paint)].join('\n');
  },
});

function asComponent(name: string): Component {
  const found = componentNames.find((component) => component === name);
  if (found === undefined)
    throw new WaybillError(
      'USAGE',
      `Cannot unpack only ${JSON.stringify(name)}: the components are ${componentNames.join(', ')}`,
    );
  return found;
}
