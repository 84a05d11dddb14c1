import type { Finding } from '../../../base/finding.ts';
import type { Invariant } from '../invariant.ts';
import { type ShapeDifference, shapeDifferences, showDifference } from '../network/expected.ts';

/** Programs round the rows up to a multiple of this or of its multiples, because that is faster. */
const PADDING = 8;

/** A row for each token; a column for each number of the stream. */
export const embedding: Invariant = {
  id: 'embedding',
  title: 'The embedding has a row for each token of the vocabulary, or a padded number of rows, and the hidden size.',
  needs: 'a family of networks that is known, and its vocabulary',
  rules: ['model-embedding'],
  check: ({ network, record }) =>
    network === undefined
      ? []
      : shapeDifferences(network, 'embedding')
          .filter((difference) => !isPadded(difference))
          .map(
            (difference): Finding => ({
              rule: 'model-embedding',
              level: 'error',
              message: showDifference(difference, record.source),
            }),
          ),
};

/** Only rows differ, and there are more of them, to a round number. */
function isPadded({ found, expected }: ShapeDifference): boolean {
  const [rows = 0, ...columns] = found;
  const [wanted, ...others] = expected;
  return (
    typeof wanted === 'number' &&
    rows > wanted &&
    rows % PADDING === 0 &&
    others.every((each, at) => each === '?' || each === columns[at])
  );
}
