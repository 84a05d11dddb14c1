/** What a trust policy asks for, and the admission controllers of Kubernetes do not check. */
import type { Policy } from '../../../trust/policy/policy.ts';

export type Controller = 'kyverno' | 'policy-controller';

export function notCheckedOf(policy: Policy, controller: Controller): readonly string[] {
  const requirements = policy.repositories.flatMap(({ require }) => require);
  const has = (condition: boolean, text: string) => (condition ? [text] : []);
  return [
    'The files: the container runtime compares them with the manifest, and nobody with the signature over them (model.sig).',
    'Packages that no pod names as an image or an image volume: what a program fetches by itself is not seen.',
    'That the name in a package/v1 statement is the name of the repository, except where the rule is for one repository.',
    'Which rule is the most specific one: all that fit an image are applied.',
    'What was seen before: another publisher, a tag that moved back.',
    ...has(
      [...policy.keys, ...policy.identities].some(
        ({ notBefore, notAfter }) => notBefore !== undefined || notAfter !== undefined,
      ),
      'From when and until when a key holds.',
    ),
    ...has(policy.identities.length > 0, 'Statements by identities (certificates): only keys are in this policy.'),
    ...has(
      requirements.some(({ maxAge }) => maxAge !== undefined),
      'How old a statement is, and whether it has expired.',
    ),
    ...has(
      requirements.some(({ maxAge }) => maxAge === undefined),
      'Whether a statement has expired by what it says itself.',
    ),
    ...has(policy.logs.length > 0, 'Whether a statement is in a transparency log.'),
    ...has(
      policy.revocations !== undefined,
      'Revocation: take a revoked key out of trust.yaml, and write this policy anew.',
    ),
    ...has(
      controller === 'policy-controller',
      'Statements as waybill and cosign 3 attach them: policy-controller reads bundles only of keyless signers. With a key it looks for those that cosign wrote before version 3 (cosign attest --new-bundle-format=false), and refuses everything else.',
    ),
    ...has(
      controller === 'policy-controller' && requirements.some(({ threshold }) => threshold > 1),
      'How many keys state it: one of them is enough there.',
    ),
    ...has(
      controller === 'kyverno',
      'Packages with more than 50 referrers: it refuses them, as it does where one bundle cannot be read.',
    ),
  ];
}

/** As comments at the top of the document: whoever applies it reads them. */
export function headerOf(policy: Policy, notChecked: readonly string[]): string {
  return [
    `# Written by waybill trust admission from a trust.yaml with the digest ${policy.digest}.`,
    '# What it does not check:',
    ...notChecked.map((text) => `# - ${text}`),
    '# waybill verify REF --trust trust.yaml checks all of it: run it where packages enter the registry of the cluster.',
    '',
  ].join('\n');
}
