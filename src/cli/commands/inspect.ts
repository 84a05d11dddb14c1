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
import { locate } from '../locate.ts';
import type { Output } from '../outputs/inspect.ts';
import { formatInspection } from '../print/inspection.ts';
import { networkOptions } from '../registry.ts';

export const inspect = defineCommand<Output>({
  name: 'inspect',
  summary: 'Show what is in a package: its files, what it says of itself, what is attached to it',
  description: [
    'Reads the manifest, the configuration and waybill.yaml, each against its digest; weights are not read. Works on packages of any ModelPack tool.',
  ],
  arguments: [{ name: 'REF', description: 'a package in the local store, oci:DIR or oci-archive:FILE' }],
  options: { manifest: { description: 'Print the manifest alone, byte for byte' }, ...networkOptions },
  examples: [
    { command: 'waybill inspect acme/digits:1.2.0', comment: 'its files, component by component' },
    { command: 'waybill inspect acme/digits:1.2.0 --json', comment: 'the same for programs' },
  ],
  output: async () => (await import('../outputs/inspect.ts')).output,
  async run(context, input) {
    await using found = await locate(context, input.positionals[0] ?? '');
    const { store, target } = found;
    const structure = await readStructure(store, target);
    const { manifest, config } = structure;
    const files = await readFiles(store, structure);
    const waybill = await readOwnFile(store, structure);
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
      config: { ...config },
      referrers: (await store.referrers(target)).map(({ digest, size, artifactType, annotations }) => ({
        digest,
        size,
        ...optional('artifactType', artifactType),
        ...optional('annotations', annotations),
      })),
      findings: [...structure.findings],
      ...(input.has('manifest')
        ? { manifest: (await readContent(store, target, target.size, 'manifest')).toString('utf8') }
        : {}),
    };
  },
  print: formatInspection,
  isVerbatim: ({ manifest }) => manifest !== undefined,
});

/** The package's own waybill.yaml, if it has one. */
async function readOwnFile(store: Store, { layers }: Structure): Promise<WaybillFile | undefined> {
  const own = layers.find(({ form, path }) => form === 'raw' && path === WAYBILL_FILE);
  if (own === undefined) return undefined;
  const text = (await readContent(store, own.descriptor, MAX_WAYBILL_FILE_SIZE, WAYBILL_FILE)).toString('utf8');
  return parseWaybillFile(text).file;
}
