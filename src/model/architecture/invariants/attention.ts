import type { Invariant } from '../invariant.ts';
import { shapeDifferences, showDifference } from '../network/expected.ts';

/** Queries, keys, values and output: apart, or in one tensor. */
export const attention: Invariant = {
  id: 'attention',
  title: 'Projections of attention have the rows that heads, key-value heads and head size make, and the hidden size.',
  needs: 'a family of networks that is known; lengths whose sizes are not said are not judged',
  rules: ['model-attention'],
  check: ({ network, record }) =>
    network === undefined
      ? []
      : shapeDifferences(network, 'attention').map((difference) => ({
          rule: 'model-attention',
          level: 'error',
          message: showDifference(difference, record.source),
        })),
};
