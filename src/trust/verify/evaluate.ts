/**
 * The verdict over a package: the rule for its repository, and each of its requirements, held to what is
 * attached. Pure: everything it looks at was read before. Each requirement asks for statements to be
 * there, none asks for one to be absent: to take one away can turn a yes into a no, never a no into a yes.
 */
import { type Finding, type Verdict, verdictOf } from '../../base/finding.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { Requirement } from '../policy/policy.ts';
import { mostSpecific, type RepositoryInQuestion } from '../policy/repository-pattern.ts';
import { because, revocationOfPackage } from '../revocations/revocation-of.ts';
import { checkStatement } from './checklist.ts';
import { type Case, digestOfStatement, type Question } from './evidence.ts';
import type { Refusal } from './refusal.ts';

export interface TrustVerdict {
  readonly verdict: Verdict;
  /** The pattern of the rule that counted. */
  readonly match: string | undefined;
  /** Digest of the trust.yaml. */
  readonly policy: Digest;
  readonly requirements: readonly RequirementVerdict[];
  readonly findings: readonly Finding[];
}

export interface RequirementVerdict {
  readonly requirement: Requirement;
  readonly isSatisfied: boolean;
  readonly by: readonly Satisfying[];
  /** Statements of this kind that do not count, and why; nothing is hidden. */
  readonly refused: readonly RefusedStatement[];
}

/** A statement that counts: who made it, and the digest of its bundle. */
export interface Satisfying {
  readonly holder: string;
  readonly keyId: string;
  /** Of an identity: the name in its certificate. */
  readonly identity?: string;
  readonly statement: Digest;
}

export interface RefusedStatement extends Refusal {
  /** The digest of its bundle. */
  readonly statement: Digest;
}

export function evaluate(question: Question): TrustVerdict {
  const { policy, asked, revocations } = question;
  const rule = mostSpecific(policy.repositories, asked);
  const requirements =
    rule === undefined ? [] : rule.require.map((requirement) => verdictOn(requirement, { ...question, rule }));
  const findings: Finding[] = requirements.filter(({ isSatisfied }) => !isSatisfied).map(findingOf);
  if (rule === undefined)
    findings.push({ rule: 'no-trust-rule', level: 'error', message: `No rule of the policy fits ${show(asked)}` });
  const revoked = revocationOfPackage(revocations, question.package.digest);
  if (revoked !== undefined)
    findings.push({
      rule: 'package-revoked',
      level: 'error',
      path: question.package.digest,
      message: `The package was revoked${because(revoked)}`,
    });
  return { verdict: verdictOf(findings), match: rule?.match, policy: policy.digest, requirements, findings };
}

function verdictOn(requirement: Requirement, asked: Case): RequirementVerdict {
  const by = new Map<string, Satisfying>();
  const refused: RefusedStatement[] = [];
  for (const attestation of distinct(asked.attestations)) {
    const checked = checkStatement(attestation, requirement, asked);
    if (checked === undefined) continue;
    const statement = digestOfStatement(attestation);
    if ('reason' in checked) refused.push({ ...checked, statement });
    // Of one holder one counts, however many certificates it has.
    else if (!by.has(checked.holder.id)) {
      const { holder, ...rest } = checked;
      by.set(holder.id, { ...rest, holder: holder.id, statement });
    }
  }
  return { requirement, isSatisfied: by.size >= requirement.threshold, by: [...by.values()], refused };
}

/** What is attached several times is one statement. */
function distinct(attestations: readonly Attestation[]): readonly Attestation[] {
  const seen = new Set<string>();
  return attestations.filter(({ bundle, problem }) => {
    if (bundle === undefined || problem !== undefined) return true;
    const isNew = !seen.has(bundle.digest);
    seen.add(bundle.digest);
    return isNew;
  });
}

function findingOf({ requirement, by, refused }: RequirementVerdict): Finding {
  const { role, predicateType, threshold } = requirement;
  const wanted = `${predicateType} by ${threshold === 1 ? role : `${threshold} different keys of ${role}`}`;
  const found =
    by.length > 0 ? `only ${by.length} of ${threshold}` : refused.length === 0 ? 'it is missing' : undefined;
  const [first] = refused;
  return {
    rule: 'requirement-not-satisfied',
    level: 'error',
    message: `${wanted}: ${[found, first?.message].filter((part) => part !== undefined).join('; ')}`,
  };
}

function show({ host, repository }: RepositoryInQuestion): string {
  return host === undefined ? repository : `${host}/${repository}`;
}
