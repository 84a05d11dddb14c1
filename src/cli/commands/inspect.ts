import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import { modeOf } from '../../model/artifact/build.ts';
import { readFiles } from '../../model/artifact/read-files.ts';
import type { Structure } from '../../model/artifact/structure.ts';
import { readStructure } from '../../model/artifact/structure.ts';
import { modelAnnotations } from '../../model/media-types.ts';
import { MAX_WAYBILL_FILE_SIZE, parseWaybillFile } from '../../model/waybill-file/parse.ts';
import { WAYBILL_FILE, type WaybillFile } from '../../model/waybill-file/schema.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { inspectFacts } from '../inspect-facts.ts';
import { inspectFile } from '../inspect-file.ts';
import { locate } from '../locate.ts';
import type { Output } from '../outputs/inspect.ts';
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
    tensors: { description: 'Of a file: list every tensor, not those of all layers as one' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill inspect acme/digits:1.2.0', comment: 'its files, component by component' },
    { command: 'waybill inspect acme/digits:1.2.0 --json', comment: 'the same for programs' },
    { command: 'waybill inspect ./weights/model.safetensors', comment: 'a file: tensors, parameters, types' },
  ],
  output: async () => (await import('../outputs/inspect.ts')).output,
  async run(context, input) {
    const [subject = ''] = input.positionals;
    if (isPath(subject)) return inspectFile(subject, input.has('tensors'));
    await using found = await locateOrExplain(context, subject);
    const { store, target } = found;
    const structure = await readStructure(store, target);
    const { manifest, config } = structure;
    const files = await readFiles(store, structure);
    const waybill = await readOwnFile(store, structure);
    const { facts, findings } = await inspectFacts(store, structure, waybill);
    const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
    return {
      digest: target.digest,
      ...optional('name', config.descriptor?.name),
      ...optional('version', config.descriptor?.version),
      ...optional('setDigest', manifest.annotations[modelAnnotations.setDigest]),
      mediaType: manifest.mediaType,
      ...optional('artifactType', manifest.artifactType),
      annotations: manifest.annotations,
      files: files.map(({ path, component, mediaType, digest, size, isExecutable }) => ({
        path,
        component,
        mediaType,
        digest,
        size,
        mode: modeOf(isExecutable).toString(8).padStart(4, '0'),
      })),
      size: files.reduce((sum, { size }) => sum + size, 0),
      ...optional('model', waybill?.model),
      ...optional('interface', waybill?.interface),
      ...optional('environment', waybill?.environment),
      facts,
      config: { ...config },
      referrers: (await store.referrers(target)).map(({ digest, size, artifactType, annotations }) => ({
        digest,
        size,
        ...optional('artifactType', artifactType),
        ...optional('annotations', annotations),
      })),
      findings: [...structure.findings, ...findings],
      ...(input.has('manifest')
        ? { manifest: (await readContent(store, target, target.size, 'manifest')).toString('utf8') }
        : {}),
    };
  },
  print(output, paint) {
    return 'file' in output ? formatModelFile(output, paint) : formatInspection(output, paint);
  },
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

/** The package's own waybill.yaml, if it has one. */
async function readOwnFile(store: Store, { layers }: Structure): Promise<WaybillFile | undefined> {
  const own = layers.find(({ form, path }) => form === 'raw' && path === WAYBILL_FILE);
  if (own === undefined) return undefined;
  const text = (await readContent(store, own.descriptor, MAX_WAYBILL_FILE_SIZE, WAYBILL_FILE)).toString('utf8');
  return parseWaybillFile(text).file;
}
