import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import type { WaybillFile } from '../../model/waybill-file/schema.ts';
import { defineCommand } from '../command.ts';
import { compareModels } from '../compare-models.ts';
import type { Context } from '../context.ts';
import { inspectFile } from '../inspect-file.ts';
import { inspectPackage } from '../inspect-package.ts';
import { interfaceDocument, interfaceForms } from '../interface-document.ts';
import { locate } from '../locate.ts';
import type { Output } from '../outputs/inspect.ts';
import { formatComparison } from '../print/comparison.ts';
import { formatInspection } from '../print/inspection.ts';
import { formatModelFile } from '../print/model-file.ts';
import { networkOptions } from '../registry.ts';

export const inspect = defineCommand<Output>({
  name: 'inspect',
  summary: 'Show what is in a package or in a model file, without reading weights or running anything',
  description: [
    'Of a package: the manifest, the configuration and waybill.yaml, each against its digest. Works on packages of any ModelPack tool.',
    'Of a model file (safetensors, GGUF, NPY): its tensors, parameters, element types, and what it says of itself. Every byte is accounted for; a file that could be read in two ways is refused.',
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
    tensors: { description: 'Of a file: list every tensor, not those of all layers as one' },
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
    const compared = against === undefined ? {} : { comparison: await compareModels(context, subject, against) };
    if (isPath(subject)) return { ...(await inspectFile(subject, input.has('tensors'))), ...compared };
    await using found = await locateOrExplain(context, subject);
    const documentOf = (file: WaybillFile | undefined) => interfaceDocument(context, input.text('interface'), file);
    const options = { subject, withManifest: input.has('manifest'), documentOf };
    return { ...(await inspectPackage(context, found, options)), ...compared };
  },
  print(output, paint) {
    if (output.comparison !== undefined) return formatComparison(output.comparison, paint);
    return 'file' in output ? formatModelFile(output, paint) : formatInspection(output, paint);
  },
  exitOf: ({ comparison }) => (comparison === undefined || comparison.verdict === 'exact' ? 0 : 1),
  isVerbatim: (output) => 'manifest' in output && output.manifest !== undefined,
});

/** A file is named with ./ before it; whoever leaves that away is told. */
async function locateOrExplain(context: Context, subject: string): ReturnType<typeof locate> {
  try {
    return await locate(context, subject);
  } catch (error) {
    if (!(error instanceof WaybillError) || !fs.statSync(subject, { throwIfNoEntry: false })?.isFile()) throw error;
    throw new WaybillError(error.code, error.message, {
      hint: `For the file: waybill inspect ./${subject}`,
      cause: error,
    });
  }
}

/** As for folders: anything else is a reference. */
function isPath(subject: string): boolean {
  return subject.startsWith('.') || subject.startsWith('/');
}
