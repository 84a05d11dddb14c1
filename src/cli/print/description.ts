/** What a file says that describes a model, as people read it. */
import type { DescriptionOutput } from '../outputs/inspect.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { formatSize } from './units.ts';

/** Longer values are for --json. */
const MAX_VALUE = 80;

export function formatDescription(
  { file, format, size, described, findings }: DescriptionOutput,
  paint: Paint,
): string {
  const rows = [
    ['format', `${format}, ${formatSize(size)}`],
    ...Object.entries(described).map(([key, value]) => [safeText(key), shorten(value)]),
  ];
  const lines = [paint.bold(safeText(file)), formatTable([{}, {}], rows, '  ')];
  if (findings.length > 0) lines.push('', formatFindings(findings, paint));
  return lines.join('\n');
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return safeText(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… (--json has all)` : text);
}
