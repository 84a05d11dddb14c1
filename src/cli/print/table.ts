/** Columns that stand under each other. */

export interface Column {
  readonly title?: string;
  readonly align?: 'left' | 'right';
}

/** Rows as lines; the last column is not padded. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ''): string {
  const titles = columns.map(({ title = '' }) => title);
  const all = titles.some((title) => title !== '') ? [titles, ...rows] : rows;
  const widths = columns.map((_, column) => Math.max(0, ...all.map((row) => widthOf(row[column] ?? ''))));
  return all
    .map((row) =>
      columns
        .map(({ align = 'left' }, column) => {
          const cell = row[column] ?? '';
          const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
          if (align === 'right') return space + cell;
          return column === columns.length - 1 ? cell : cell + space;
        })
        .join('  '),
    )
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** Characters without colours; wide ones of East Asian scripts count twice. */
function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  const bare = text.replace(/\x1b\[[0-9;]*m/g, '');
  let width = 0;
  for (const sign of bare)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(sign)
        ? 2
        : 1;
  return width;
}
