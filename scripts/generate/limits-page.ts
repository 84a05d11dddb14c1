/** docs/reference/limits.md: every named limit of the sources, with its value and the reason beside it. */
import fs from 'node:fs';
import path from 'node:path';
import { code, generatedFrom, page, table } from './markdown.ts';

export interface Limit {
  readonly name: string;
  readonly value: number;
  readonly reason: string;
  /** File below src/. */
  readonly file: string;
}

/** src/cli is left out: its maxima only shorten what is printed. */
export function foldersWithLimits(): readonly string[] {
  const entries = fs.readdirSync('src', { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'cli');
  return folders.map(({ name }) => name).sort();
}

export function limitsPage(): string {
  const rows = readLimits().map(({ name, value, reason, file }) => [
    code(name),
    show(name, value),
    reason,
    `[${file}](../../src/${file})`,
  ]);
  return page(
    generatedFrom('the MAX_… constants of src/'),
    '# Limits',
    'Whatever comes from outside meets a named limit before memory or disk is spent on it. Passing one fails with [`LIMIT_EXCEEDED`](errors.md) or the code of the document that passed it. None can be changed by a setting.',
    table(['limit', 'value', 'why this much', 'in'], rows),
  );
}

/** Reads constants and the comments above them; one comment covers the lines that follow it directly. */
export function readLimits(): readonly Limit[] {
  return foldersWithLimits()
    .flatMap((folder) => sourcesIn(folder))
    .flatMap((file) => {
      const lines = fs.readFileSync(path.join('src', file), 'utf8').split('\n');
      return lines.flatMap((line, index): Limit[] => {
        const match = /^(?:export )?const (MAX_[A-Z_]+)(?:: number)? = ([^;]+);$/.exec(line);
        const [, name = '', expression = ''] = match ?? [];
        return match === null ? [] : [{ name, value: evaluate(expression), reason: reasonAbove(lines, index), file }];
      });
    });
}

function sourcesIn(folder: string): readonly string[] {
  return fs
    .readdirSync(path.join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => [folder, ...name.split(path.sep)].join('/'))
    .sort();
}

function reasonAbove(lines: readonly string[], index: number): string {
  const above = lines[index - 1] ?? '';
  if (/^(?:export )?const [A-Z_]+\b.*;$/.test(above)) return reasonAbove(lines, index - 1);
  return /^\/\*\* (.*) \*\/$/.exec(above)?.[1] ?? '';
}

/** Products and powers of numbers: `64 * 1024 ** 2`. */
function evaluate(expression: string): number {
  const factors = expression.replaceAll('_', '').split(' * ');
  return factors.reduce((product, factor) => {
    const [base = Number.NaN, power = 1] = factor.split(' ** ').map(Number);
    return product * base ** power;
  }, 1);
}

function show(name: string, value: number): string {
  const isBytes = /SIZE|BYTES|CHUNK|OUTPUT|FRONT_MATTER/.test(name);
  const powers = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = isBytes ? powers.findLastIndex((_, at) => value >= 1024 ** at && value % 1024 ** at === 0) : 0;
  return isBytes ? `${group(value / 1024 ** power)} ${powers[power]}` : group(value);
}

const group = (value: number) => value.toLocaleString('en-GB');
