import type { Finding } from '../../../base/finding.ts';
import type { Invariant, Subject } from '../invariant.ts';
import { shapeDifferences, showDifference } from '../network/expected.ts';

/** Experts of a layer are numbered from 0 to one below their number, or stand in one tensor. */
export const experts: Invariant = {
  id: 'experts',
  title: 'A layer of experts has as many as the configuration says, each of the size that it says.',
  needs: 'a family of networks that is known, and the number of its experts',
  rules: ['model-experts'],
  check: (subject) => [...checkCounts(subject), ...checkShapes(subject)],
};

const NUMBERED = /(?:^|\.)experts\.(0|[1-9]\d{0,5})\./;

function checkCounts({ network, record }: Subject): readonly Finding[] {
  const { experts: stated } = record;
  if (network?.family.layer.experts === undefined || stated === undefined) return [];
  return network.stacks.flatMap(({ path, layers }) =>
    [...layers].flatMap(([index, layer]): readonly Finding[] => {
      const numbers = new Set<number>();
      for (const part of layer.keys()) {
        const number = NUMBERED.exec(part)?.[1];
        if (number !== undefined) numbers.add(Number(number));
      }
      const isComplete = numbers.size === stated && [...numbers].every((number) => number < stated);
      if (numbers.size === 0 || isComplete) return [];
      return [
        {
          rule: 'model-experts',
          level: 'error',
          message: `${path}${index} has ${numbers.size} experts, the last ${Math.max(...numbers)}, and ${record.source} says ${stated}`,
        },
      ];
    }),
  );
}

function checkShapes({ network, record }: Subject): readonly Finding[] {
  if (network === undefined) return [];
  return shapeDifferences(network, 'experts').map((difference) => ({
    rule: 'model-experts',
    level: 'error',
    message: showDifference(difference, record.source),
  }));
}
