/** A ClusterPolicy of Kyverno (kyverno.io/v1, rules[].verifyImages, type SigstoreBundle: 1.13 or newer). */
import { stringify } from 'yaml';
import type { Policy, PolicyKey, RepositoryRule, Requirement } from '../../../trust/policy/policy.ts';
import { isExact } from '../../../trust/policy/repository-pattern.ts';
import { predicateTypes } from '../../../trust/predicate-types.ts';
import { resultMember } from '../../../trust/verify/results.ts';
import { imageGlob, repositoryOf } from './image-glob.ts';
import { headerOf } from './not-checked.ts';

export function kyvernoPolicy(policy: Policy, notChecked: readonly string[]): string {
  const document = {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'waybill-trust' },
    spec: {
      failurePolicy: 'Fail',
      background: false,
      webhookTimeoutSeconds: 30,
      rules: policy.repositories.map((rule, index) => ruleOf(rule, index, policy)),
    },
  };
  return headerOf(policy, notChecked) + stringify(document, { lineWidth: 0 });
}

function ruleOf(rule: RepositoryRule, index: number, policy: Policy) {
  return {
    name: `rule-${index + 1}`,
    match: { any: [{ resources: { kinds: ['Pod'] } }] },
    // Containers are looked at by themselves; models come as image volumes.
    imageExtractors: { Pod: [{ name: 'volumes', path: '/spec/volumes/*/image/reference' }] },
    verifyImages: [
      {
        type: 'SigstoreBundle',
        imageReferences: [imageGlob(rule.match, '*')],
        failureAction: 'Enforce',
        mutateDigest: true,
        verifyDigest: true,
        required: true,
        attestations: rule.require.map((requirement) => attestationOf(requirement, rule, policy)),
      },
    ],
  };
}

function attestationOf(requirement: Requirement, rule: RepositoryRule, { keys }: Policy) {
  const own = keys.filter(({ role }) => role === requirement.role);
  const conditions = conditionsOf(requirement, rule);
  return {
    type: requirement.predicateType,
    attestors: [{ count: requirement.threshold, entries: own.map(entryOf) }],
    ...(conditions.length === 0 ? {} : { conditions: [{ all: conditions }] }),
  };
}

function entryOf({ publicKey }: PolicyKey) {
  return {
    keys: {
      publicKeys: String(publicKey.key.export({ type: 'spki', format: 'pem' })),
      signatureAlgorithm: publicKey.algorithm.hash ?? 'sha256',
      // Both, else Kyverno asks the public instance of Sigstore.
      rekor: { ignoreTlog: true },
      ctlog: { ignoreSCT: true },
    },
  };
}

/** The root of the expressions is the predicate. */
function conditionsOf({ predicateType, result, where }: Requirement, { match, aliases }: RepositoryRule) {
  const equals = (member: string, value: unknown) => ({ key: `{{ ${member} }}`, operator: 'Equals', value });
  const names = [repositoryOf(match), ...aliases];
  return [
    ...(result === undefined ? [] : [equals(resultMember(predicateType), result)]),
    ...Object.entries(where).map(([member, value]) => equals(member, value)),
    ...(predicateType === predicateTypes.package && isExact(match)
      ? [{ key: '{{ name }}', operator: 'AnyIn', value: names }]
      : []),
  ];
}
