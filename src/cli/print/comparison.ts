/** How the tensors of two models stand to each other, as people read it. */
import type { ComparisonOutput } from '../outputs/comparison.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { count } from './units.ts';

/** More of each kind are scrolled past. */
const MAX_SHOWN = 20;

const words: Readonly<Record<ComparisonOutput['verdict'], string>> = {
  exact: 'the same tensors, types and shapes',
  'shape-compatible': 'the same tensors and shapes, other types',
  subset: 'it lacks tensors of the other',
  superset: 'it has tensors that the other lacks',
  mismatch: 'another architecture',
  unknown: 'it cannot be told',
};

export function formatComparison(output: ComparisonOutput, paint: Paint): string {
  const { against, verdict, counts, missing, extra, different } = output;
  const mark = verdict === 'exact' ? paint.good(verdict) : paint.bad(verdict);
  const rows = [
    ...different
      .slice(0, MAX_SHOWN)
      .map(({ name, mine, reference }) => [
        paint.warn('~'),
        safeText(name),
        `${textOf(mine)}, there ${textOf(reference)}`,
      ]),
    ...missing.slice(0, MAX_SHOWN).map((name) => [paint.bad('-'), safeText(name), 'only there']),
    ...extra.slice(0, MAX_SHOWN).map((name) => [paint.good('+'), safeText(name), 'only here']),
  ];
  const total = counts.missing + counts.extra + counts.otherShape + counts.otherType;
  const lines = [
    `${paint.bold('against')} ${safeText(against)}: ${mark}, ${words[verdict]}`,
    `  ${count(counts.same, 'tensor')} the same, ${counts.otherShape} of another shape, ${counts.otherType} of another type, ${counts.missing} only there, ${counts.extra} only here`,
  ];
  if (rows.length > 0) lines.push(formatTable([{}, {}, {}], rows, '  '));
  if (total > rows.length) lines.push(`  … and ${total - rows.length} more`);
  return lines.join('\n');
}

function textOf({ dtype, shape }: { dtype: string; shape: readonly number[] }): string {
  return `${safeText(dtype)}[${shape.join(', ')}]`;
}
