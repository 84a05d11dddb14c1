/** The report: a table for the terminal, and docs/benchmarks.md. Neither names a day nor a machine. */
import type { Row } from './row.ts';

export interface Report {
  /** Which sizes made the figures, in words. */
  readonly size: string;
  readonly rounds: number;
  readonly machine: readonly string[];
  readonly rows: readonly Row[];
}

const marks = { met: 'met', missed: 'MISSED', 'for information': '–' } as const;

export function formatTable(rows: readonly Row[]): string {
  const lines = [
    ['what', 'target', 'figure', 'verdict'],
    ...rows.map(({ what, target, figure, verdict }) => [what, target ?? '–', figure, marks[verdict]]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function formatDocument({ size, rounds, machine, rows }: Report): string {
  return `# Benchmarks

What Waybill costs against what the machine can do at best, measured in the same run on the same bytes.
\`npm run bench\` writes this page; \`npm run bench -- --small\` is the quick form and only prints, \`--only cold,verify\` runs a part.

${machine.map((line) => `- ${line}`).join('\n')}
- ${size}, ${rounds} rounds

## Figures

${markdownTable(rows)}

Median, with the least and the largest in brackets; memory and bytes are the largest seen. A figure without a target is for information.

## How it is measured

- A figure with ÷ compares programs of one round; the rounds take turns, every other one in the opposite order, and what is judged against the floors of hashing and copying is the least of ours to the least of theirs, because what a machine does besides only adds; beside it stand the rounds' ratios, and other ratios are judged by their median. CPU is user and system time of the whole program with all its threads and children.
- Bytes are counted by the kernel (\`/proc/PID/io\`, rchar and wchar): everything that goes through read and write calls, from the disk or from memory, Node's own files included. Peak memory is \`ru_maxrss\`.
- The weights are incompressible bytes that a seed decides, in four safetensors shards, and lie in the page cache. Before each program that writes, free memory is taken into use by pages of a file of holes, which the kernel gives to whoever needs them: where memory comes from a host, the first use of a page costs up to ten times what writing it does, and would be charged to whoever comes first.
- \`pack\` and \`unpack\` sync what they write to the disk, \`cp\` does not. Wall time of a copy depends on the disk; CPU is what is compared. Where the kernel is slow at copying for \`cp\` (copy_file_range), \`dd\`, which reads, writes and syncs, is the harder floor.
- oras has the kernel send a file (sendfile), which Node offers no way to. What hashing and sending through read and write calls costs at best is shown by openssl and curl on the same registry: \`pack --to\` and \`pack\`, then \`push\` are held against those too.
- \`waybill\` is \`node dist/cli/main.js\` of the built package. Each cold run has a new store and a new cache; the models, the stores and the caches lie beside each other in a temporary folder, from where the commands are run.
- Servers listen on loopback, on the same machine and disk as their clients; the other registry runs without authentication, access log and traces, each of which would cost it more, while the hub knows its user by a session token. What a server costs is its CPU between two looks at \`/proc\`, while a load in a process of its own asks; where two programs and a client share two processors, CPU says more than time.
- What a resumed transfer moves is counted by a proxy between the two, headers included.
- A machine that others use spoils wall times first, and CPU less: where the least and the largest are far apart, run it again.

## Commands

${gathered(rows).map(commandsOf).join('\n\n')}
`;
}

function markdownTable(rows: readonly Row[]): string {
  const line = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line('what', 'target', 'figure', 'verdict'),
    line('---', '---', '---', '---'),
    ...rows.map(({ what, target, figure, verdict }) =>
      line(what, target ?? '–', figure, verdict === 'missed' ? '**missed**' : marks[verdict]),
    ),
  ].join('\n');
}

/** Rows that the same commands made, together. */
function gathered(rows: readonly Row[]): readonly (readonly Row[])[] {
  return [...Map.groupBy(rows, ({ commands }) => commands.join('\n')).values()];
}

/** `text`, because a reader has none of these folders: nothing here is to be run as it stands. */
function commandsOf(rows: readonly Row[]): string {
  const titles = rows.map(({ what, note }) => `- ${what}${note === undefined ? '' : ` (${note})`}`);
  return [...titles, '', '```text', ...(rows[0]?.commands ?? []), '```'].join('\n');
}
