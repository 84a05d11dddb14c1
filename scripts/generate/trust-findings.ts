/** What the findings about whom to believe mean. */
import type { FindingGroup } from './findings.ts';

const changed = 'Ask the publisher whether that is meant. If it is: the same command with `--accept-change`.';

export const trustFindings: FindingGroup = {
  title: 'Whom to believe (`--trust`, and what was seen before)',
  rules: [
    {
      id: 'no-trust-rule',
      level: 'error',
      meaning: 'No rule of the policy fits the repository that was asked for.',
      remedy: 'Add one under `repositories` in `trust.yaml`, if you believe anybody about it.',
    },
    {
      id: 'requirement-not-satisfied',
      level: 'error',
      meaning: 'A statement that the policy requires is missing, or none of those that are there counts.',
      remedy: 'The line of the requirement says why; see [trust.yaml](trust-file.md#why-a-statement-does-not-count).',
    },
    {
      id: 'package-revoked',
      level: 'error',
      meaning: 'The revocation list takes the package itself back.',
      remedy: 'Do not use it: the list says why. Use another version.',
    },
    {
      id: 'first-use',
      level: 'note',
      meaning: 'The repository is seen for the first time on this machine; who signed it is remembered.',
      remedy: 'Compare the key with what its publisher says of it, once.',
    },
    {
      id: 'signed-since',
      level: 'note',
      meaning: 'The repository was not signed when it was seen before; now it is, and the key is remembered.',
      remedy: 'Compare the key with what its publisher says of it, once.',
    },
    {
      id: 'publisher-changed',
      level: 'error or warning',
      meaning: 'Another key signs the repository than before; with `--accept-change` that is a warning.',
      remedy: changed,
    },
    {
      id: 'signature-gone',
      level: 'error or warning',
      meaning: 'The repository was signed before, and this package is not; with `--accept-change` that is a warning.',
      remedy: changed,
    },
    {
      id: 'tag-rolled-back',
      level: 'error or warning',
      meaning: 'A tag names an older version than it did before; with `--accept-change` that is a warning.',
      remedy: changed,
    },
    {
      id: 'tag-moved',
      level: 'warning',
      meaning: 'A tag names another package than it did before, of a newer version or of none that can be compared.',
      remedy: 'Usual for tags like `latest`; a tag that is a version should stay where it is.',
    },
  ],
};
