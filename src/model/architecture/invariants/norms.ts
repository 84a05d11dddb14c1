import type { Invariant } from '../invariant.ts';
import { shapeDifferences, showDifference } from '../network/expected.ts';

/** A norm scales each number of the stream that runs through the network. */
export const norms: Invariant = {
  id: 'norms',
  title: 'Norms are as wide as the hidden size.',
  needs: 'a family of networks that is known, and its hidden size',
  rules: ['model-norm'],
  check: ({ network, record }) =>
    network === undefined
      ? []
      : shapeDifferences(network, 'norm').map((difference) => ({
          rule: 'model-norm',
          level: 'error',
          message: showDifference(difference, record.source),
        })),
};
