/** What `waybill inspect` knows of a model file, as people read it. */
import type { FileOutput, OpaqueOutput } from '../outputs/inspect.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { count, formatSize } from './units.ts';

/** More is no longer read, but scrolled. */
const MAX_ROWS = 60;
/** Chat templates and licences have pages. */
const MAX_VALUE = 60;
const MAX_METADATA = 24;
/** Some converters put the whole history of a tensor there. */
const MAX_NAME = 80;

/** Operators of one domain that are told by name. */
const MAX_OPERATORS = 12;

export function formatOpaque({ file, format, title, size, opaque, findings }: OpaqueOutput, paint: Paint): string {
  const lines = [
    paint.bold(safeText(file)),
    `  format  ${title.toLowerCase() === format ? format : `${format} (${title})`}, ${formatSize(size)}`,
    `  opaque  not read: ${opaque}`,
    '          What is in it was not looked at. Do not load it unless you trust whoever made it.',
  ];
  if (findings.length > 0) lines.push('', formatFindings(findings, paint));
  return lines.join('\n');
}

export function formatModelFile(output: FileOutput, paint: Paint): string {
  const { file, findings } = output;
  const lines = [paint.bold(safeText(file)), ...factsOf(output).map(([key, value]) => `  ${key.padEnd(13)} ${value}`)];
  for (const [title, rows] of sectionsOf(output)) if (rows !== '') lines.push('', paint.bold(title), rows);
  if (findings.length > 0) lines.push('', formatFindings(findings, paint));
  return lines.join('\n');
}

function factsOf(output: FileOutput): [string, string][] {
  const { format, formatVersion, size, architecture, contextLength, quantisation, producer, opsets } = output;
  const { kind, part, tokenizer, chatTemplates = [] } = output;
  const { functions = [], externalFiles = [], parameters, dtypes, tensorCount } = output;
  const facts: [string, string][] = [
    ['format', `${format}${formatVersion === undefined ? '' : ` ${formatVersion}`}, ${formatSize(size)}`],
  ];
  const add = (key: string, value: string) => value !== '' && facts.push([key, safeText(value)]);
  add('written by', producer ?? '');
  add('kind', kind ?? '');
  add('architecture', architecture ?? '');
  facts.push(['parameters', `${parameters.toLocaleString('en')} in ${count(tensorCount, 'tensor')}`]);
  add(
    'dtypes',
    Object.entries(dtypes)
      .map(([dtype, share]) => `${dtype} ${formatSize(share.size)}`)
      .join(', '),
  );
  add('quantisation', quantisation ?? '');
  if (part !== undefined)
    add(
      'part',
      `${part.number} of ${part.count}${part.tensors === undefined ? '' : `, ${count(part.tensors, 'tensor')} together`}`,
    );
  if (contextLength !== undefined) facts.push(['context', `${contextLength.toLocaleString('en')} tokens`]);
  if (tokenizer !== undefined)
    add(
      'tokenizer',
      `${tokenizer.kind}${tokenizer.tokens === undefined ? '' : `, ${count(tokenizer.tokens, 'token')}`}`,
    );
  for (const { name, length, digest } of chatTemplates.slice(0, MAX_OPERATORS))
    add('chat template', `${name}, ${length.toLocaleString('en')} characters, ${digest}`);
  const versions = Object.entries(opsets ?? {}).map(([domain, version]) => `${domain} ${version}`);
  add('opsets', versions.join(', '));
  add('functions', listed(functions));
  add('also needs', listed(externalFiles));
  return facts;
}

/** Titles and the lines below them. */
function sectionsOf(output: FileOutput): [string, string][] {
  const { metadata, inputs, outputs, operators, signatures = [] } = output;
  const described = Object.entries(metadata);
  const shown = described.slice(0, MAX_METADATA).map(([key, value]) => [safeText(key), shorten(value)]);
  const used = Object.entries(operators ?? {}).map(([domain, types]) => [safeText(domain), operatorsOf(types)]);
  const more = (left: number, where: string) => (left > 0 ? `\n  … and ${left} more (${where})` : '');
  return [
    ['inputs', formatPorts(inputs ?? [])],
    ['outputs', formatPorts(outputs ?? [])],
    ...signatures.slice(0, MAX_ROWS).flatMap(({ name, ...ports }): [string, string][] => [
      [`inputs of ${safeText(name)}`, formatPorts(ports.inputs)],
      [`outputs of ${safeText(name)}`, formatPorts(ports.outputs)],
    ]),
    ['operators', formatTable([{}, {}], used, '  ')],
    ['says of itself', formatTable([{}, {}], shown, '  ') + more(described.length - shown.length, '--json has all')],
    ['tensors', formatTensors(output)],
  ];
}

/** All of them where they are told one by one, else those of all layers as one. */
export function formatTensors({ groups, tensors }: Pick<FileOutput, 'groups' | 'tensors'>): string {
  const rows = tensors?.map((tensor) => rowOf({ ...tensor, count: 1 })) ?? groups.slice(0, MAX_ROWS).map(rowOf);
  const left = tensors === undefined ? groups.length - rows.length : 0;
  const table = formatTable([{}, {}, {}, { align: 'right' }, {}], rows, '  ');
  return left > 0 ? `${table}\n  … and ${left} more (--tensors lists all)` : table;
}

function formatPorts(ports: NonNullable<FileOutput['inputs']>): string {
  const rows = ports
    .slice(0, MAX_ROWS)
    .map(({ name, dtype, shape }) => [
      safeText(name),
      safeText(dtype),
      shape === undefined ? '' : safeText(`[${shape.join(', ')}]`),
    ]);
  const left = ports.length - rows.length;
  return formatTable([{}, {}, {}], rows, '  ') + (left > 0 ? `\n  … and ${left} more (--json has all)` : '');
}

function operatorsOf(types: Readonly<Record<string, number>>): string {
  const all = Object.entries(types);
  const named = all.slice(0, MAX_OPERATORS).map(([type, times]) => (times > 1 ? `${type} × ${times}` : type));
  const left = all.length - named.length;
  return safeText([...named, ...(left > 0 ? [`… and ${left} more`] : [])].join(', '));
}

function listed(names: readonly string[]): string {
  const left = names.length - MAX_OPERATORS;
  return [...names.slice(0, MAX_OPERATORS), ...(left > 0 ? [`… and ${left} more`] : [])].join(', ');
}

function rowOf({ name, dtype, shape, count: times, size }: FileOutput['groups'][number]): string[] {
  return [
    safeText(name.length > MAX_NAME ? `${name.slice(0, MAX_NAME / 2)}…${name.slice(-MAX_NAME / 2)}` : name),
    dtype,
    `[${shape.join(', ')}]`,
    formatSize(size),
    times > 1 ? `× ${times}` : '',
  ];
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return safeText(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… (${text.length} characters)` : text);
}
