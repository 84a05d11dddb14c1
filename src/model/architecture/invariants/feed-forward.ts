import type { Invariant } from '../invariant.ts';
import { shapeDifferences, showDifference } from '../network/expected.ts';

/** Up to the intermediate size, and down again. */
export const feedForward: Invariant = {
  id: 'feed-forward',
  title: 'Feed-forward blocks lead from the hidden size to the intermediate size and back.',
  needs: 'a family of networks that is known, and its intermediate size',
  rules: ['model-feed-forward'],
  check: ({ network, record }) =>
    network === undefined
      ? []
      : shapeDifferences(network, 'feedForward').map((difference) => ({
          rule: 'model-feed-forward',
          level: 'error',
          message: showDifference(difference, record.source),
        })),
};
