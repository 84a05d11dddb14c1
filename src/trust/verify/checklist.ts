/**
 * The checklist that a statement has to pass to count for a requirement, in this order, without
 * exception: kind, signature, subject, role, form, name and files, repository, result, time, log,
 * revocation. What it says is not looked at before it is known who says it (SLSA VSA, "How to verify";
 * in-toto Attestation Framework, "Validation").
 */
import type { Attestation } from '../attestations/attestation.ts';
import { speaksOf } from '../attestations/signed-by.ts';
import type { PolicyLog, Requirement } from '../policy/policy.ts';
import { revocationOf } from '../revocations/revocation-of.ts';
import { type Case, digestOfStatement, type LogPresence, typeOf } from './evidence.ts';
import { refusalOfForm } from './form.ts';
import { refusalOfBinding } from './package-binding.ts';
import { type Refusal, refusal } from './refusal.ts';
import { refusalOfResource } from './resource.ts';
import { refusalOfResult } from './results.ts';
import { type Speaker, speakerOf } from './speaker.ts';
import { refusalOfTime } from './times.ts';

/** @returns undefined for what is of another kind, and so does not concern the requirement */
export function checkStatement(
  attestation: Attestation,
  requirement: Requirement,
  asked: Case,
): Speaker | Refusal | undefined {
  const { problem, hint, statement } = attestation;
  if ((problem === undefined ? typeOf(attestation) : hint) !== requirement.predicateType) return undefined;
  if (problem !== undefined) return refusal('malformed', problem.message);

  const digest = digestOfStatement(attestation);
  const logged = asked.logged.get(digest) ?? [];
  const times = logged.flatMap((presence) => presence.seenAt ?? []);
  const seenAt = times.length === 0 ? undefined : Math.min(...times);

  const speaker = speakerOf(attestation, asked.policy, seenAt ?? asked.now);
  if ('reason' in speaker) return speaker;
  if (!speaksOf(attestation, asked.package.digest)) return refusal('wrong-subject', 'it is about something else');
  const { holder, keyId } = speaker;
  if (holder.role !== requirement.role)
    return refusal('wrong-role', `${holder.id} signed it, whose role is ${holder.role}, not ${requirement.role}`);

  const predicate = statement?.predicate ?? {};
  return (
    refusalOfForm(requirement.predicateType, predicate) ??
    refusalOfBinding(attestation, { speaker, at: seenAt ?? asked.now }, asked) ??
    refusalOfResource(requirement.predicateType, predicate, asked) ??
    refusalOfResult(predicate, requirement) ??
    refusalOfTime(predicate, { requirement, holder, seenAt, now: asked.now }) ??
    refusalOfLogs(logged, asked) ??
    revocationOf(asked.revocations, { keyId, statement: digest, seenAt }) ??
    speaker
  );
}

function refusalOfLogs(logged: readonly LogPresence[], { policy }: Case): Refusal | undefined {
  const isIn = (log: PolicyLog) => logged.some(({ origin }) => origin === log.origin);
  const missing = policy.logs.find((log) => log.isRequired && !isIn(log));
  return missing === undefined
    ? undefined
    : refusal('not-logged', `it is not proved to be in the log ${missing.origin}`);
}
