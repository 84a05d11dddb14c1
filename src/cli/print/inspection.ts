/** What `waybill inspect` knows of a package, as people read it. */
import { shortDigest } from '../../oci/digest.ts';
import type { PackageOutput as Inspection } from '../outputs/inspect.ts';
import { formatFindings } from './findings.ts';
import { formatInterface } from './interface.ts';
import { formatTensors } from './model-file.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { count, formatSize } from './units.ts';

/** Checkpoints have one file for each part; more are scrolled past. */
const MAX_NOT_READ = 8;

/** As cosign 3 says what a signed statement is about: a hint, which anybody can write. */
const PREDICATE_TYPE = 'dev.sigstore.bundle.predicateType';

export function formatInspection(output: Inspection, paint: Paint): string {
  if (output.manifest !== undefined) return output.manifest;
  if (output.document !== undefined) return JSON.stringify(output.document, null, 2);
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
  for (const model of output.models)
    if (model.tensors !== undefined)
      lines.push('', paint.bold(`tensors of ${safeText(model.name)}`), formatTensors(model));
  if (output.notRead.length > 0)
    lines.push(
      '',
      ...output.notRead
        .slice(0, MAX_NOT_READ)
        .map(({ file, format, why }) => `${paint.warn('not read')} ${safeText(file)}: ${format}, ${why}`),
    );
  if (output.referrers.length > 0) {
    const attached = output.referrers.map(({ digest, artifactType = '', annotations = {} }) => [
      shortDigest(digest),
      safeText(annotations[PREDICATE_TYPE] ?? artifactType),
    ]);
    lines.push(
      '',
      `${paint.bold('attached')} (as it calls itself; waybill attestations tells who signed what)`,
      formatTable([{}, {}], attached, '  '),
    );
  }
  if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
  return lines.join('\n');
}

function factsOf({
  digest,
  dialect,
  setDigest,
  config,
  annotations,
  interface: declared,
  facts: derived,
  bases,
  files,
  size,
}: Inspection): [string, string][] {
  const facts: [string, string][] = [['digest', digest]];
  // Our own needs no word.
  if (dialect.id !== 'modelpack') facts.push(['dialect', dialect.title]);
  if (setDigest !== undefined) facts.push(['set digest', setDigest]);
  const model = Object.entries(config['config'] ?? {}).filter(([, value]) => typeof value === 'string');
  if (model.length > 0)
    facts.push(['model', model.map(([key, value]) => `${key} ${safeText(String(value))}`).join(', ')]);
  const said = saidOf(derived);
  if (said !== '') facts.push(['files say', said]);
  for (const { ref, relation, isHere, name, version } of bases ?? []) {
    const known = isHere ? `, here as ${name ?? 'a package'} ${version ?? ''}`.trimEnd() : '';
    facts.push(['base', safeText(`${ref}${relation === undefined ? '' : ` (${relation})`}${known}`)]);
  }
  if (bases === undefined)
    for (const { value, from } of hintsOf(derived)) facts.push(['base', safeText(`${value.ref}, by ${from}`)]);
  const licences = annotations['org.opencontainers.image.licenses'];
  if (licences !== undefined) facts.push(['licences', safeText(licences)]);
  facts.push(...formatInterface(declared));
  facts.push(['content', `${count(files.length, 'file')}, ${formatSize(size)}`]);
  return facts;
}

/** What the files say of the model, in the words of waybill.yaml. */
function saidOf({
  format,
  architecture,
  parameters,
  precision,
  quantization,
  contextLength,
  tokenizer,
}: Inspection['facts']): string {
  const parts = [
    textOf(format),
    textOf(architecture),
    numberOf(parameters, 'parameters'),
    textOf(precision),
    textOf(quantization),
    numberOf(contextLength, 'tokens of context'),
    textOf(tokenizer),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What the files name as the base of a model that states none. */
function hintsOf({ baseModels }: Inspection['facts']): readonly { value: { ref: string }; from: string }[] {
  return (baseModels as readonly { value: { ref: string }; from: string }[] | undefined) ?? [];
}

function textOf(fact: unknown): string {
  const value = factValue(fact);
  const [first] = Array.isArray(value) ? value : [value];
  if (typeof first === 'string') return safeText(first);
  const { kind, vocabulary } = (first ?? {}) as { kind?: unknown; vocabulary?: unknown };
  return typeof kind === 'string' ? `${safeText(kind)} of ${Number(vocabulary).toLocaleString('en')} tokens` : '';
}

function numberOf(fact: unknown, unit: string): string {
  const value = factValue(fact);
  return value === undefined ? '' : `${Number(value).toLocaleString('en')} ${unit}`;
}

function factValue(fact: unknown): unknown {
  return (fact as { value?: unknown } | undefined)?.value;
}
