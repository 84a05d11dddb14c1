/** How one statement stands before a policy, for whoever lists them all; the verdict over the package is evaluate's. */
import type { Attestation } from '../attestations/attestation.ts';
import { mostSpecific } from '../policy/repository-pattern.ts';
import { checkStatement } from './checklist.ts';
import type { Question } from './evidence.ts';
import type { Refusal } from './refusal.ts';
import type { Speaker } from './speaker.ts';

/** @returns who says it, if it counts for a requirement; else why not; undefined where no requirement asks for its kind */
export function standingOf(attestation: Attestation, question: Question): Speaker | Refusal | undefined {
  const rule = mostSpecific(question.policy.repositories, question.asked);
  if (rule === undefined) return undefined;
  const found = rule.require.flatMap(
    (requirement) => checkStatement(attestation, requirement, { ...question, rule }) ?? [],
  );
  return found.find((one) => 'holder' in one) ?? found[0];
}
