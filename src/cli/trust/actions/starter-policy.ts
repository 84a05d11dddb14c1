/** The text of a first trust.yaml: what it says, and why, for whoever changes it next. */
import { predicateTypes } from '../../../trust/predicate-types.ts';

export interface StarterPolicy {
  readonly entries: readonly {
    readonly id: string;
    readonly keyId: string;
    readonly from: string;
    readonly pem: string;
  }[];
  readonly match: string;
  /** Whether the keys were found at a package, and nobody has said whose they are. */
  readonly isFound: boolean;
}

export function starterPolicy({ entries, match, isFound }: StarterPolicy): string {
  const found = [
    '# These keys signed the package when this file was written. That does not say whose they are:',
    '# compare each id with what the publisher says of it, by another way than the registry.',
  ];
  const keys = entries.flatMap(({ id, keyId, pem }) => [
    `  # id of the key: ${keyId}`,
    `  - id: ${JSON.stringify(id)}`,
    '    role: publisher',
    '    spki: |',
    ...pem
      .trimEnd()
      .split('\n')
      .map((line) => `      ${line}`),
  ]);
  return [
    '# Whom to believe about which packages: waybill verify REF --trust trust.yaml',
    '# All keys of this file: https://waybill.dev/schemas/trust-1.schema.json',
    'trust: 1',
    '',
    '# One key, one role. notBefore and notAfter limit when it counts.',
    ...(isFound ? found : []),
    'keys:',
    ...keys,
    '',
    '# The most specific rule that fits a repository counts, alone; without one nothing passes.',
    '# Patterns: acme/digits, acme/* (one part), acme/** (any number), registry.example/acme/** (one registry).',
    'repositories:',
    `  - match: ${JSON.stringify(match)}`,
    '    require:',
    '      # The publisher stands for name, version and every file.',
    '      - role: publisher',
    `        predicateType: ${predicateTypes.package}`,
    '      # Who else has to say what; each role needs a key of its own above.',
    `      # - { role: gate, predicateType: ${predicateTypes.verificationSummary}, result: PASSED, maxAge: 90d }`,
    '',
    '# Without a revocation list a stolen key counts until it is taken out of this file:',
    '# waybill trust revoke revocations.json --key revocations.key',
    '# revocations: { source: revocations.json, key: { file: revocations.pub }, maxAge: 7d }',
    '',
  ].join('\n');
}
