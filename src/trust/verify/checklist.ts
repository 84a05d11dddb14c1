/**
 * The checklist that a statement has to pass to count for a requirement, in this order, without
 * exception: signature, subject, kind, role, name and files, result, time, log, revocation. What a
 * statement says is not looked at before it is known who says it (SLSA VSA, "How to verify"; in-toto).
 */

import type { Requirement } from '../policy/policy.ts';
import { revocationOf } from '../revocations/revocation-of.ts';
import { isAbout, type Statement } from '../statement/statement.ts';
import type { Case, Evidence } from './evidence.ts';
import { refusalOfBinding } from './package-binding.ts';
import { type Refusal, refuse } from './refusal.ts';
import { refusalOfResource } from './resource.ts';
import { resultOf } from './results.ts';
import { type Speaker, speakerOf } from './speaker.ts';
import { refusalOfTime } from './times.ts';

export interface Accepted {
  readonly speaker: Speaker;
}

/** @returns undefined for what is of another kind, and so does not concern the requirement */
export function checkStatement(
  evidence: Evidence,
  requirement: Requirement,
  asked: Case,
): Accepted | Refusal | undefined {
  const { bundle, statement, problem, hint } = evidence;
  const { role, predicateType } = requirement;
  if (bundle === undefined || statement === undefined)
    return hint === predicateType ? refuse('malformed', problem?.message ?? 'it is no signed statement') : undefined;
  if (statement.predicateType !== predicateType) return undefined;
  const speaker = speakerOf(bundle, asked.policy);
  if ('reason' in speaker) return speaker;
  if (!isAbout(statement, asked.package.digest)) return refuse('wrong-subject', 'it is about something else');
  const { holder, keyId } = speaker;
  if (holder.role !== role) return refuse('wrong-role', `${holder.id} signed it, who is ${holder.role}, not ${role}`);
  const logged = asked.logged.get(bundle.digest) ?? [];
  const seenAt = logged
    .map((presence) => presence.seenAt)
    .filter((time) => time !== undefined)
    .sort((a, b) => a - b)[0];
  return (
    refusalOfBinding(statement, speaker, asked) ??
    refusalOfResource(statement, asked) ??
    refusalOfResult(statement, requirement) ??
    refusalOfTime(statement, { requirement, holder, seenAt, now: asked.now }) ??
    refusalOfLogs(
      logged.map(({ origin }) => origin),
      asked,
    ) ??
    revocationOf(asked.revocations, { keyId, statement: bundle.digest, seenAt }) ?? { speaker }
  );
}

function refusalOfResult(statement: Statement, { result, where }: Requirement): Refusal | undefined {
  const found = resultOf(statement);
  if (result !== undefined && found !== result)
    return refuse(
      'wrong-result',
      `it states ${found === undefined ? 'no result' : JSON.stringify(found)}, not ${result}`,
    );
  const wrong = Object.entries(where).find(([member, value]) => statement.predicate[member] !== value);
  return wrong === undefined ? undefined : refuse('wrong-value', `its ${wrong[0]} is not ${JSON.stringify(wrong[1])}`);
}

function refusalOfLogs(origins: readonly string[], { policy }: Case): Refusal | undefined {
  const missing = policy.logs.find(({ origin, isRequired }) => isRequired && !origins.includes(origin));
  return missing === undefined
    ? undefined
    : refuse('not-logged', `it is not proved to be in the log ${missing.origin}`);
}
