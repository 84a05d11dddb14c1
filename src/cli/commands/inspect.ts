import { z } from 'zod';
import { modeOf } from '../../model/artifact/build.ts';
import { readFiles } from '../../model/artifact/read-files.ts';
import type { Structure } from '../../model/artifact/structure.ts';
import { readStructure } from '../../model/artifact/structure.ts';
import { modelAnnotations } from '../../model/media-types.ts';
import { MAX_WAYBILL_FILE_SIZE, parseWaybillFile } from '../../model/waybill-file/parse.ts';
import { WAYBILL_FILE, type WaybillFile } from '../../model/waybill-file/schema.ts';
import { shortDigest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { defineCommand } from '../command.ts';
import { locate } from '../location.ts';
import { bytes, digest, finding } from '../output-schemas.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { formatTable } from '../print/table.ts';
import { count, formatSize } from '../print/units.ts';

const anything = z.record(z.string(), z.unknown());

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Show what is in a package: its files, what it says of itself, what is attached to it',
  description: [
    'Reads the manifest, the configuration and waybill.yaml, each against its digest; weights are not read. Works on packages of any ModelPack tool.',
  ],
  arguments: [{ name: 'REF', description: 'a package in the local store, oci:DIR or oci-archive:FILE' }],
  options: { manifest: { description: 'Print the manifest alone, byte for byte' } },
  examples: [
    { command: 'waybill inspect acme/digits:1.2.0', comment: 'its files, component by component' },
    { command: 'waybill inspect acme/digits:1.2.0 --json', comment: 'the same for programs' },
  ],
  output: z.object({
    digest: digest.describe('Digest of the manifest: the identity of the package'),
    name: z.string().optional().describe('Name that the package gives itself'),
    version: z.string().optional().describe('Version that the package gives itself'),
    setDigest: digest.optional().describe('Digest of SHA256SUMS: the identity of the files, whatever the packing'),
    mediaType: z.string().describe('Media type of the manifest'),
    artifactType: z.string().optional().describe('What the manifest says it is'),
    annotations: z.record(z.string(), z.string()).describe('Annotations of the manifest'),
    files: z
      .array(
        z.object({
          path: z.string().describe('Path in the package'),
          component: z.string().describe('weights, config, code, docs or data'),
          mediaType: z.string().describe('Media type of the layer that holds it'),
          digest: digest.describe('Digest of the file'),
          size: bytes.describe('Bytes'),
          mode: z.string().describe('Permission bits in octal'),
        }),
      )
      .describe('Every file, in the order of the layers'),
    size: bytes.describe('Bytes of all files'),
    model: anything.optional().describe('What waybill.yaml says of the model'),
    interface: anything.optional().describe('What waybill.yaml says goes in and comes out'),
    environment: anything.optional().describe('What waybill.yaml says of where it runs'),
    config: anything.describe('The ModelPack configuration'),
    referrers: z
      .array(
        z.object({
          digest: digest.describe('Digest of its manifest'),
          artifactType: z.string().optional().describe('What it is'),
          size: bytes.describe('Bytes of its manifest'),
          annotations: z.record(z.string(), z.string()).optional().describe('Annotations of its manifest'),
        }),
      )
      .describe('What is attached to the package; not verified here'),
    findings: z.array(finding).describe('What is odd about the package'),
    manifest: z.string().optional().describe('With --manifest: the manifest as text'),
  }),
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
  print(output, paint) {
    if (output.manifest !== undefined) return output.manifest;
    const title = [output.name ?? 'a package', output.version].filter((part) => part !== undefined).join(' ');
    const lines = [paint.bold(safeText(title)), `  digest      ${output.digest}`];
    if (output.setDigest !== undefined) lines.push(`  set digest  ${output.setDigest}`);
    const facts = Object.entries(output.config['config'] ?? {}).filter(([, value]) => typeof value === 'string');
    if (facts.length > 0)
      lines.push(`  model       ${facts.map(([key, value]) => `${key} ${safeText(String(value))}`).join(', ')}`);
    const licences = output.annotations['org.opencontainers.image.licenses'];
    if (licences !== undefined) lines.push(`  licences    ${safeText(licences)}`);
    lines.push(`  content     ${count(output.files.length, 'file')}, ${formatSize(output.size)}`, '');
    const rows = output.files.map(({ path, component, digest, size, mode }) => [
      component,
      mode,
      formatSize(size),
      shortDigest(digest as Parameters<typeof shortDigest>[0]),
      safeText(path),
    ]);
    lines.push(formatTable([{}, {}, { align: 'right' }, {}, {}], rows, '  '));
    if (output.referrers.length > 0) {
      lines.push('', `${paint.bold('attached')} (who signed what: not verified here)`);
      lines.push(
        formatTable(
          [{}, {}],
          output.referrers.map(({ digest, artifactType = '' }) => [
            shortDigest(digest as Parameters<typeof shortDigest>[0]),
            safeText(artifactType),
          ]),
          '  ',
        ),
      );
    }
    if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
    return lines.join('\n');
  },
});

/** The package's own waybill.yaml, if it has one. */
async function readOwnFile(store: Store, { layers }: Structure): Promise<WaybillFile | undefined> {
  const own = layers.find(({ form, path }) => form === 'raw' && path === WAYBILL_FILE);
  if (own === undefined) return undefined;
  const text = (await readContent(store, own.descriptor, MAX_WAYBILL_FILE_SIZE, WAYBILL_FILE)).toString('utf8');
  return parseWaybillFile(text).file;
}
