import { WaybillError } from '../../base/errors.ts';
import { convert as convertPackage } from '../../model/convert/convert.ts';
import type { Form } from '../../model/convert/form.ts';
import { forms } from '../../model/forms/index.ts';
import { formatReference, parseReference } from '../../oci/reference.ts';
import { defineCommand, type Input } from '../command.ts';
import { locate, openLocalStore } from '../locate.ts';
import type { Output } from '../outputs/convert.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';

const ids = forms.map(({ id }) => id);

export const convert = defineCommand<Output>({
  name: 'convert',
  summary: 'Write a package anew in the form of another tool, without moving what need not move',
  description: [
    'modelpack is what pack writes: with a waybill.yaml among the files the very same artifact, else with what the package states of itself. kit is a ModelKit, docker the own form of Docker Model Runner. The result is in the local store; push or copy it from there.',
    'Layers that are files as they are keep their blobs: not a byte of them is read or written. Only files in tars or under compression are packed again. The same package gives the same result everywhere.',
    'What is attached to the package is about its manifest, and the result has another: it stays behind, and is named. A signature over the files (OpenSSF Model Signing) is attached to the result too, if the files are the same.',
  ],
  arguments: [
    {
      name: 'REF',
      description: 'a package of any dialect, in the local store, a registry, oci:DIR or oci-archive:FILE',
    },
  ],
  options: {
    to: { value: 'FORM', description: `The form: ${ids.join(', ')}`, choices: ids },
    tag: {
      value: 'NAME',
      description: "Name of the result, with a tag (default: the package's own, with -FORM behind it)",
    },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill convert acme/digits:1.2.0 --to kit', comment: 'as acme/digits:1.2.0-kit' },
    {
      command: 'waybill convert acme/digits:1.2.0 --to docker --tag acme/digits:docker',
      comment: 'under a name of your own',
    },
  ],
  output: async () => (await import('../outputs/convert.ts')).output,
  async run(context, input) {
    const [reference = ''] = input.positionals;
    const form = formOf(input);
    await using found = await locate(context, reference);
    const name = nameOf(input, found.name, form, reference);
    await using store = await openLocalStore(context, 'write');
    const { manifest, dialect, setDigest, ...result } = await convertPackage({
      from: found.store,
      target: found.target,
      to: store,
      form,
      name,
      progress: context.progress,
      signal: context.signal,
    });
    return {
      ...result,
      reference: name,
      digest: manifest.digest,
      form: form.id,
      from: { digest: found.target.digest, dialect: dialect.id },
      ...(setDigest === undefined ? {} : { setDigest }),
      attached: result.attached.map(({ artifactType, ...attached }) => ({
        ...attached,
        ...(artifactType === undefined ? {} : { artifactType }),
      })),
      findings: [...result.findings],
    };
  },
  print(output, paint) {
    const { fileCount, layerCount, blobsReused, bytesWritten, attached } = output;
    const lines = [
      `${paint.good('converted')} ${paint.bold(output.reference)}  ${output.digest}`,
      `  from     ${output.from.dialect}, ${output.from.digest}`,
      `  content  ${count(fileCount, 'file')} in ${count(layerCount, 'layer')}; ${count(blobsReused, 'blob')} used as they are, wrote ${formatSize(bytesWritten)}`,
      ...attached.map(
        ({ kept, digest, artifactType = '', reason }) =>
          `  ${kept ? 'kept   ' : paint.warn('dropped')}  ${safeText(artifactType)} ${digest}: ${reason}`,
      ),
    ];
    if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
    return lines.join('\n');
  },
});

function formOf(input: Input): Form {
  const wanted = input.text('to');
  const form = forms.find(({ id }) => id === wanted);
  if (form !== undefined) return form;
  const found = wanted === undefined ? 'no form is named' : `${JSON.stringify(wanted)} is none of the forms`;
  throw new WaybillError('USAGE', `Cannot convert: ${found}`, { hint: `--to ${ids.join(', --to ')}` });
}

function nameOf(input: Input, own: string | undefined, { id }: Form, reference: string): string {
  const text = input.text('tag') ?? (own?.includes(':') ? `${own}-${id}` : undefined);
  if (text === undefined)
    throw new WaybillError(
      'USAGE',
      `Cannot convert ${reference}: it has no name from which that of the result follows`,
      {
        hint: `For example: waybill convert ${reference} --to ${id} --tag acme/digits:${id}`,
      },
    );
  const parsed = parseReference(text);
  if (parsed.tag === undefined || parsed.digest !== undefined)
    throw new WaybillError('USAGE', `Cannot convert to ${JSON.stringify(text)}: it is no name with a tag`, {
      hint: 'For example acme/digits:kit',
    });
  return formatReference(parsed);
}
