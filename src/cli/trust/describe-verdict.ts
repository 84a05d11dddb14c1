/** The verdict of a policy as the JSON of verbs has it. */
import type { TrustVerdict } from '../../trust/verify/evaluate.ts';
import type { TrustOutput } from '../outputs/trust-verdict.ts';

export function describeVerdict(
  { verdict, policy, match, requirements }: TrustVerdict,
  { file, repository }: { readonly file: string; readonly repository: string },
): TrustOutput {
  return {
    verdict,
    file,
    policy,
    repository,
    ...(match === undefined ? {} : { match }),
    requirements: requirements.map(({ requirement, isSatisfied, by, refused }) => ({
      role: requirement.role,
      predicateType: requirement.predicateType,
      ...(requirement.result === undefined ? {} : { result: requirement.result }),
      threshold: requirement.threshold,
      satisfied: isSatisfied,
      by: [...by],
      refused: refused.map(({ reason, statement, message }) => ({ reason, statement, message })),
    })),
  };
}
