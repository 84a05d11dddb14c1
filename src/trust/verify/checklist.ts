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
  const { problem, hint } = attestation;
  if ((problem === undefined ? typeOf(attestation) : hint) !== requirement.predicateType) return undefined;
  if (problem !== undefined) return refusal('malformed', problem.message);
  const logged = asked.logged.get(digestOfStatement(attestation)) ?? [];
  // Made now, as far as anybody knows; or before one of the moments at which witnesses saw it. To prove more
  // can only help: a proof that is taken away never turns a no into a yes.
  const moments = [undefined, ...logged.flatMap(({ seen }) => seen)];
  let last: Speaker | Refusal | undefined;
  for (const seenAt of moments) {
    last = checkAt({ attestation, requirement, logged, seenAt }, asked);
    if (!('reason' in last)) return last;
  }
  return last;
}

interface Claim {
  readonly attestation: Attestation;
  readonly requirement: Requirement;
  readonly logged: readonly LogPresence[];
  readonly seenAt: number | undefined;
}

function checkAt({ attestation, requirement, logged, seenAt }: Claim, asked: Case): Speaker | Refusal {
  const at = seenAt ?? asked.now;
  const speaker = speakerOf(attestation, asked.policy, at);
  if ('reason' in speaker) return speaker;
  if (!speaksOf(attestation, asked.package.digest)) return refusal('wrong-subject', 'it is about something else');
  const { holder, keyId } = speaker;
  if (holder.role !== requirement.role)
    return refusal('wrong-role', `${holder.id} signed it, whose role is ${holder.role}, not ${requirement.role}`);

  const predicate = attestation.statement?.predicate ?? {};
  return (
    refusalOfForm(requirement.predicateType, predicate) ??
    refusalOfBinding(attestation, { speaker, at }, asked) ??
    refusalOfResource(requirement.predicateType, predicate, asked) ??
    refusalOfResult(predicate, requirement) ??
    refusalOfTime(predicate, { requirement, holder, seenAt, now: asked.now }) ??
    refusalOfLogs(logged, asked) ??
    revocationOf(asked.revocations, { keyId, statement: digestOfStatement(attestation), seenAt }) ??
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
