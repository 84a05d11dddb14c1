/**
 * Compares two views of one log. Where they cannot both be true the log has shown different things to different people:
 * both are signed by it, and together they prove it.
 */
import { type Finding, type Verdict, verdictOf } from '../../../base/finding.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { goesOn } from '../reading/consistency.ts';
import type { LogReader } from '../reading/reader.ts';

export interface View {
  readonly checkpoint: Checkpoint;
  /** Absent for a checkpoint alone, out of a file. */
  readonly reader?: LogReader;
}

export interface Comparison {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/**
 * @param a of the same log as b, both verified
 * @returns undefined when it cannot be told: they differ in size, and nobody has tiles for the larger one
 * @throws what the readers throw
 */
export async function compareViews(a: View, b: View): Promise<Comparison | undefined> {
  const [older, newer] = a.checkpoint.size <= b.checkpoint.size ? [a, b] : [b, a];
  const sizes = [older.checkpoint.size, newer.checkpoint.size];
  if (sizes[0] === sizes[1])
    return resultOf(older.checkpoint.root.equals(newer.checkpoint.root), `both have ${sizes[0]} entries`);
  if (newer.reader === undefined) return undefined;
  const isOne = await goesOn(newer.reader, older.checkpoint, newer.checkpoint);
  return resultOf(isOne, `the ${sizes[0]} entries of one are not the first of the ${sizes[1]} of the other`);
}

function resultOf(isOne: boolean, found: string): Comparison {
  const finding: Finding = {
    rule: 'log-split-view',
    level: 'error',
    message: `The log has signed two checkpoints that cannot both be true: ${found}, and their trees differ`,
  };
  const findings = isOne ? [] : [finding];
  return { verdict: verdictOf(findings), findings };
}
