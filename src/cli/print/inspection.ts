/** What `waybill inspect` knows of a package, and how people read it. */
import { z } from 'zod';
import { shortDigest } from '../../oci/digest.ts';
import { bytes, digest, finding } from '../output-schemas.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { count, formatSize } from './units.ts';

const anything = z.record(z.string(), z.unknown());

export const inspection = z.object({
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
});

export type Inspection = z.infer<typeof inspection>;

export function formatInspection(output: Inspection, paint: Paint): string {
  if (output.manifest !== undefined) return output.manifest;
  const title = [output.name ?? 'a package', output.version].filter((part) => part !== undefined).join(' ');
  const lines = [
    paint.bold(safeText(title)),
    ...factsOf(output).map(([key, value]) => `  ${key.padEnd(11)} ${value}`),
    '',
  ];
  const rows = output.files.map(({ path, component, digest, size, mode }) => [
    component,
    mode,
    formatSize(size),
    shortDigest(digest),
    safeText(path),
  ]);
  lines.push(formatTable([{}, {}, { align: 'right' }, {}, {}], rows, '  '));
  if (output.referrers.length > 0) {
    const attached = output.referrers.map(({ digest, artifactType = '' }) => [
      shortDigest(digest),
      safeText(artifactType),
    ]);
    lines.push(
      '',
      `${paint.bold('attached')} (who signed what: not verified here)`,
      formatTable([{}, {}], attached, '  '),
    );
  }
  if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
  return lines.join('\n');
}

function factsOf({
  digest,
  setDigest,
  config,
  annotations,
  interface: declared,
  files,
  size,
}: Inspection): [string, string][] {
  const facts: [string, string][] = [['digest', digest]];
  if (setDigest !== undefined) facts.push(['set digest', setDigest]);
  const model = Object.entries(config['config'] ?? {}).filter(([, value]) => typeof value === 'string');
  if (model.length > 0)
    facts.push(['model', model.map(([key, value]) => `${key} ${safeText(String(value))}`).join(', ')]);
  const licences = annotations['org.opencontainers.image.licenses'];
  if (licences !== undefined) facts.push(['licences', safeText(licences)]);
  for (const side of ['inputs', 'outputs'] as const) {
    const tensors = tensorsOf(declared?.[side]);
    if (tensors !== '') facts.push([side, tensors]);
  }
  facts.push(['content', `${count(files.length, 'file')}, ${formatSize(size)}`]);
  return facts;
}

/** Tensors as `image FP32[-1, 64]`. */
function tensorsOf(value: unknown): string {
  const tensors = z
    .array(z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.unknown()) }))
    .safeParse(value);
  if (!tensors.success) return '';
  return tensors.data
    .map(({ name, datatype, shape }) => safeText(`${name} ${datatype}[${shape.join(', ')}]`))
    .join('; ');
}
