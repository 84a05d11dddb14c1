/** What `waybill inspect` knows of a model file, as people read it. */
import type { FileOutput } from '../outputs/inspect.ts';
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

export function formatModelFile(output: FileOutput, paint: Paint): string {
  const { file, groups, tensors, metadata, findings } = output;
  const lines = [paint.bold(safeText(file)), ...factsOf(output).map(([key, value]) => `  ${key.padEnd(13)} ${value}`)];
  const described = Object.entries(metadata);
  if (described.length > 0) {
    const rows = described.slice(0, MAX_METADATA).map(([key, value]) => [safeText(key), shorten(value)]);
    lines.push('', paint.bold('says of itself'), formatTable([{}, {}], rows, '  '));
    if (described.length > rows.length) lines.push(`  … and ${described.length - rows.length} more (--json has all)`);
  }
  if (groups.length > 0) {
    const rows =
      tensors === undefined
        ? groups.slice(0, MAX_ROWS).map(rowOf)
        : tensors.map((tensor) => rowOf({ ...tensor, count: 1 }));
    lines.push('', paint.bold('tensors'), formatTable([{}, {}, {}, { align: 'right' }, {}], rows, '  '));
    if (tensors === undefined && groups.length > rows.length)
      lines.push(`  … and ${groups.length - rows.length} more (--tensors lists all)`);
  }
  if (findings.length > 0) lines.push('', formatFindings(findings, paint));
  return lines.join('\n');
}

function factsOf({
  format,
  formatVersion,
  size,
  architecture,
  contextLength,
  quantisation,
  parameters,
  dtypes,
  tensorCount,
}: FileOutput): [string, string][] {
  const facts: [string, string][] = [
    ['format', `${format}${formatVersion === undefined ? '' : ` ${formatVersion}`}, ${formatSize(size)}`],
  ];
  if (architecture !== undefined) facts.push(['architecture', safeText(architecture)]);
  facts.push(['parameters', `${parameters.toLocaleString('en')} in ${count(tensorCount, 'tensor')}`]);
  const shares = Object.entries(dtypes).map(([dtype, share]) => `${safeText(dtype)} ${formatSize(share.size)}`);
  if (shares.length > 0) facts.push(['dtypes', shares.join(', ')]);
  if (quantisation !== undefined) facts.push(['quantisation', safeText(quantisation)]);
  if (contextLength !== undefined) facts.push(['context', `${contextLength.toLocaleString('en')} tokens`]);
  return facts;
}

function rowOf({ name, dtype, shape, count: times, size }: FileOutput['groups'][number]): string[] {
  return [safeText(name), dtype, `[${shape.join(', ')}]`, formatSize(size), times > 1 ? `× ${times}` : ''];
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return safeText(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… (${text.length} characters)` : text);
}
