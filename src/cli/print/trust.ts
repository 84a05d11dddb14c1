/** What a trust policy makes of a package, for people: one line for each requirement. */
import type { Finding } from '../../base/finding.ts';
import { shortDigest } from '../../oci/digest.ts';
import type { TrustOutput } from '../outputs/trust-verdict.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';

type RequirementOutput = TrustOutput['requirements'][number];

export function formatTrust(
  { verdict, file, match, repository, requirements }: TrustOutput,
  paint: Paint,
): readonly string[] {
  const rule = match === undefined ? 'no rule fits' : `rule ${match}`;
  const width = Math.max(...requirements.map((one) => wordOf(one).length));
  const word = verdict === 'pass' ? paint.good('trusted') : paint.bad('not trusted');
  return [
    `  ${word} as ${repository}, by ${safeText(file)}, ${rule}`,
    ...requirements.map((one) => {
      const colour = one.satisfied ? paint.good : paint.bad;
      return `    ${colour(wordOf(one).padEnd(width))}  ${formatRequirement(one)}`;
    }),
  ];
}

/** The same with all that was found, for verbs that do something when it is good. */
export function formatJudgement({ trust, requirements = [], findings }: Judged, paint: Paint): readonly string[] {
  const lines = trust === undefined ? [] : formatTrust({ ...trust, requirements }, paint);
  return findings.length === 0 ? lines : [...lines, '', formatFindings(findings, paint)];
}

export interface Judged {
  readonly trust?: Omit<TrustOutput, 'requirements'> | undefined;
  readonly requirements?: TrustOutput['requirements'] | undefined;
  readonly findings: readonly Finding[];
}

function wordOf({ satisfied, refused }: RequirementOutput): string {
  return satisfied ? 'satisfied' : (refused[0]?.reason ?? 'missing');
}

function formatRequirement({
  role,
  predicateType,
  result,
  threshold,
  satisfied,
  by,
  refused,
}: RequirementOutput): string {
  const wanted = [safeText(predicateType), result, `by ${threshold === 1 ? role : `${threshold} keys of ${role}`}`]
    .filter(Boolean)
    .join(' ');
  if (satisfied) {
    const who = by.map(({ holder, statement }) => `${holder} (${shortDigest(statement)})`).join(', ');
    return `${wanted}: ${who}`;
  }
  const [first, ...more] = refused;
  const partly = by.length === 0 ? [] : [`only ${by.length} of ${threshold}`];
  const why = first === undefined ? [] : [`${safeText(first.message)} (${shortDigest(first.statement)})`];
  const others = more.length === 0 ? [] : [`${more.length} more do not count`];
  const reasons = [...partly, ...why, ...others];
  return `${wanted}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
}
