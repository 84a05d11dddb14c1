/** One line of the report: what was measured, what it should be, what it is. */
import { type Contender, leastRatio, ratios } from './compete.ts';
import { cpuOf, type Usage } from './measure.ts';
import { formatSpread, ratio, type Spread, seconds, spreadOf } from './statistics.ts';

export interface Row {
  readonly what: string;
  /** Absent for what is only worth knowing. */
  readonly target?: string;
  readonly figure: string;
  readonly verdict: 'met' | 'missed' | 'for information';
  /** What was run to get the figure, as a reader would type it. */
  readonly commands: readonly string[];
  /** What helps to understand the figure. */
  readonly note?: string;
}

export interface Limit {
  readonly what: string;
  readonly target: string;
  /** The largest value that meets the target. */
  readonly limit: number;
  readonly format: (value: number) => string;
  /** Whose commands made the figure. */
  readonly by: readonly Contender[];
  readonly note?: string;
}

/** Judged by the median. */
export function judge(values: readonly number[], limit: Limit): Row {
  const spread = spreadOf(values);
  return rowOf(limit, formatSpread(spread, limit.format), spread.median);
}

/**
 * What ours costs to what the others cost together, judged by the least of each: what a machine
 * does besides only ever adds, and rarely to both sides of one round. The rounds are shown too.
 */
export function judgeRatio(
  figure: (usage: Usage) => number,
  used: { readonly ours: readonly Usage[]; readonly others: readonly (readonly Usage[])[] },
  limit: Omit<Limit, 'format'>,
): Row {
  const value = leastRatio(figure, used.ours, ...used.others);
  const rounds = formatSpread(spreadOf(ratios(figure, used.ours, ...used.others)), ratio);
  return rowOf({ ...limit, format: ratio }, `${ratio(value)}; rounds ${rounds}`, value);
}

/** Judged by the largest: for memory and bytes, where once too much is too much. */
export function judgeMost(values: readonly number[], limit: Limit): Row {
  const { most } = spreadOf(values);
  return rowOf(limit, limit.format(most), most);
}

export function inform(what: string, figure: string, by: readonly Contender[], note?: string): Row {
  return {
    what,
    figure,
    verdict: 'for information',
    commands: by.map(({ command }) => command.text),
    ...(note === undefined ? {} : { note }),
  };
}

/** `pack 1.55 s user + 1.25 s system, 2.30 s wall; openssl …`, medians. */
export function describeAll(used: Readonly<Record<string, readonly Usage[]>>): string {
  return Object.entries(used)
    .map(([name, usages]) => {
      const middle = (figure: (usage: Usage) => number): string => seconds(spreadOf(usages.map(figure)).median);
      return `${name} ${middle(({ user }) => user)} user + ${middle(({ system }) => system)} system, ${middle(({ wall }) => wall)} wall`;
    })
    .join('; ');
}

/** CPU and wall time of something that has no target. */
export function cost(usages: readonly Usage[]): string {
  const spread = (figure: (usage: Usage) => number): Spread => spreadOf(usages.map(figure));
  return `${formatSpread(spread(cpuOf), seconds)} CPU, ${formatSpread(
    spread(({ wall }) => wall),
    seconds,
  )} wall`;
}

function rowOf({ what, target, limit, by, note }: Limit, figure: string, value: number): Row {
  return {
    what,
    target,
    figure,
    verdict: value <= limit ? 'met' : 'missed',
    commands: by.map(({ command }) => command.text),
    ...(note === undefined ? {} : { note }),
  };
}
