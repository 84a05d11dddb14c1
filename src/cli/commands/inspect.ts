import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import type { WaybillFile } from '../../model/waybill-file/schema.ts';
import { defineCommand, type Input } from '../command.ts';
import { interfaceForms } from '../interface-forms.ts';
import type { Output } from '../outputs/inspect.ts';
import { formatComparison } from '../print/comparison.ts';
import { formatDescription } from '../print/description.ts';
import { formatInspection } from '../print/inspection.ts';
import { formatModelFile, formatOpaque } from '../print/model-file.ts';
import { networkOptions } from '../registry.ts';

export const inspect = defineCommand<Output>({
  name: 'inspect',
  summary: 'Show what is in a package or in a model file, without reading weights or running anything',
  description: [
    'Of a package: the manifest, the configuration and waybill.yaml, each against its digest. Works on packages of other tools too, and says in which dialect they are written.',
    'Of a model file (safetensors, GGUF, ONNX, TFLite, NPY, NPZ): its tensors, parameters, element types, and what it says of itself. Every byte is accounted for; a file that could be read in two ways is refused.',
    'Of a file that describes a model (tokenizer.json, a SentencePiece model, vocab.txt, config.json and the like, by their names): what it says, read as strictly.',
    'Files that can carry programs (PyTorch, pickle, Keras, SavedModel and others) are recognised and named, and nothing in them is read.',
  ],
  arguments: [
    {
      name: 'REF|FILE',
      description:
        'a package in the local store, oci:DIR or oci-archive:FILE; or a model file, that begins with . or /',
    },
  ],
  options: {
    manifest: { description: 'Print the manifest alone, byte for byte' },
    interface: {
      value: 'FORM',
      choices: [...interfaceForms],
      description: 'Print the interface as another tool has it; what that cannot say goes to stderr',
    },
    tensors: { description: 'List every tensor, not those of all layers as one' },
    against: {
      value: 'OTHER',
      description: 'Compare its tensors with those of another package, folder or file: exit status 1 unless they agree',
    },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill inspect acme/digits:1.2.0', comment: 'its files, component by component' },
    { command: 'waybill inspect acme/digits:1.2.0 --json', comment: 'the same for programs' },
    {
      command: 'waybill inspect acme/digits:1.2.0 --interface oip',
      comment: 'what goes in and comes out, as KServe and Triton say it',
    },
    { command: 'waybill inspect ./weights/model.safetensors', comment: 'a file: tensors, parameters, types' },
    {
      command: 'waybill inspect ./tuned/model.safetensors --against acme/sentiment:1.0.0',
      comment: 'whether two models have the same architecture, tensor by tensor',
    },
  ],
  output: async () => (await import('../outputs/inspect.ts')).output,
  async run(context, input) {
    const [subject = ''] = input.positionals;
    const against = input.text('against');
    // Each brings much that the others do not need.
    const compared =
      against === undefined
        ? {}
        : { comparison: await (await import('../compare-models.ts')).compareModels(context, subject, against) };
    if (isPath(subject)) {
      refuseOfPackages(subject, input);
      if (against === undefined) {
        const { inspectDescription } = await import('../inspect-description.ts');
        const described = await inspectDescription(subject);
        if (described !== undefined) return described;
      }
      const { inspectFile } = await import('../inspect-file.ts');
      return { ...(await inspectFile(subject, input.has('tensors'))), ...compared };
    }
    const { inspectPackage } = await import('../inspect-package.ts');
    const { interfaceDocument } = await import('../interface-document.ts');
    const documentOf = (file: WaybillFile | undefined) => interfaceDocument(context, input.text('interface'), file);
    const options = {
      subject,
      withManifest: input.has('manifest'),
      withTensors: input.has('tensors'),
      documentOf,
    };
    return { ...(await inspectPackage(context, options)), ...compared };
  },
  print(output, paint) {
    if ('comparison' in output && output.comparison !== undefined) return formatComparison(output.comparison, paint);
    if ('opaque' in output) return formatOpaque(output, paint);
    if ('described' in output) return formatDescription(output, paint);
    return 'file' in output ? formatModelFile(output, paint) : formatInspection(output, paint);
  },
  exitOf: (output) =>
    'comparison' in output && output.comparison !== undefined && output.comparison.verdict !== 'exact' ? 1 : 0,
  isVerbatim: (output) => 'manifest' in output && output.manifest !== undefined,
});

/** What only a package has, asked of a file; and a folder, which is neither. */
function refuseOfPackages(subject: string, input: Input): void {
  const option = ['manifest', 'interface'].find((name) => input.has(name) || input.text(name) !== undefined);
  if (option !== undefined)
    throw new WaybillError('USAGE', `Cannot inspect ${subject}: --${option} is for a package, and this is a path`, {
      hint: 'waybill pack its folder, then waybill inspect NAME:VERSION',
    });
  if (fs.statSync(subject, { throwIfNoEntry: false })?.isDirectory())
    throw new WaybillError(
      'USAGE',
      `Cannot inspect ${subject}: it is a folder, and a package or a model file is shown`,
      {
        hint: `waybill init ${subject} says what its files hold; or name a file in it`,
      },
    );
}

/** As for folders: anything else is a reference. */
function isPath(subject: string): boolean {
  return subject.startsWith('.') || subject.startsWith('/');
}
