/** Runs programs in turns, so that what the machine does besides meets all of them alike. */
import { type Command, measure, type Usage } from './measure.ts';
import { spreadOf } from './statistics.ts';

export interface Contender {
  readonly command: Command;
  /** Not measured. */
  before?(): void;
  after?(): void;
}

/** Each round runs each contender once; every other round in the opposite order. */
export function compete<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>,
  run: (command: Command) => Usage = measure,
): Readonly<Record<Name, readonly Usage[]>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const results = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<Name, Usage[]>;
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of round % 2 === 0 ? entries : entries.toReversed()) {
      contender.before?.();
      results[name].push(run(contender.command));
      contender.after?.();
    }
  }
  return results;
}

/** What each round of ours is to the sum of the others' in the same round. */
export function ratios(
  figure: (usage: Usage) => number,
  ours: readonly Usage[],
  ...others: readonly (readonly Usage[])[]
): readonly number[] {
  return ours.map((own, round) => {
    const sum = others.reduce((total, usages) => {
      const usage = usages[round];
      if (usage === undefined) throw new RangeError(`there is no round ${round} of a contender`);
      return total + figure(usage);
    }, 0);
    return figure(own) / sum;
  });
}

/** The least of our rounds to the sum of the least of each of the others. */
export function leastRatio(
  figure: (usage: Usage) => number,
  ours: readonly Usage[],
  ...others: readonly (readonly Usage[])[]
): number {
  const least = (usages: readonly Usage[]): number => spreadOf(usages.map(figure)).least;
  return least(ours) / others.reduce((total, usages) => total + least(usages), 0);
}
