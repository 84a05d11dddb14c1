/**
 * A ClusterImagePolicy of Sigstore's policy-controller (policy.sigstore.dev/v1beta1). Authorities are
 * alternatives and policies add up: each requirement becomes a policy of its own.
 */
import { stringify } from 'yaml';
import type { Policy, RepositoryRule, Requirement } from '../../../trust/policy/policy.ts';
import { resultMember } from '../../../trust/verify/results.ts';
import { imageGlob } from './image-glob.ts';
import { headerOf } from './not-checked.ts';

export function policyControllerPolicy(policy: Policy, notChecked: readonly string[]): string {
  const documents = policy.repositories.flatMap((rule, index) =>
    rule.require.map((requirement, position) =>
      documentOf({ rule, requirement, name: `waybill-${index + 1}-${position + 1}` }, policy),
    ),
  );
  return (
    headerOf(policy, notChecked) + documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n')
  );
}

interface Part {
  readonly rule: RepositoryRule;
  readonly requirement: Requirement;
  readonly name: string;
}

function documentOf({ rule, requirement, name }: Part, { keys }: Policy) {
  const own = keys.filter(({ role }) => role === requirement.role);
  return {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name },
    spec: {
      mode: 'enforce',
      images: [{ glob: imageGlob(rule.match, '**') }],
      authorities: own.map(({ id, publicKey }) => ({
        name: id.toLowerCase(),
        key: {
          data: String(publicKey.key.export({ type: 'spki', format: 'pem' })),
          hashAlgorithm: publicKey.algorithm.hash ?? 'sha256',
        },
        attestations: [
          {
            name: 'statement',
            predicateType: requirement.predicateType,
            policy: { type: 'cue', data: cueOf(requirement) },
          },
        ],
      })),
    },
  };
}

/** CUE takes JSON for values. */
function cueOf({ predicateType, result, where }: Requirement): string {
  const members = { ...where, ...(result === undefined ? {} : { [resultMember(predicateType)]: result }) };
  const lines = Object.entries(members).map(
    ([member, value]) => `predicate: ${JSON.stringify(member)}: ${JSON.stringify(value)}`,
  );
  return [`predicateType: ${JSON.stringify(predicateType)}`, ...lines, ''].join('\n');
}
