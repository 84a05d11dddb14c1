/** Results: kinds of statements that can also say no, where they say it, and what the policy asks them to say. */
import type { JsonObject } from '../encoding/signed-json.ts';
import type { Requirement } from '../policy/policy.ts';
import { predicateTypes } from '../predicate-types.ts';
import { type Refusal, refusal } from './refusal.ts';

const MEMBERS: Readonly<Record<string, string>> = {
  [predicateTypes.verificationSummary]: 'verificationResult',
  [predicateTypes.testResult]: 'result',
  [predicateTypes.approval]: 'decision',
  [predicateTypes.decision]: 'decision',
};

/** Whether a statement of this kind may be a refusal, so that its mere presence says nothing. */
export function canSayNo(predicateType: string): boolean {
  return Object.hasOwn(MEMBERS, predicateType);
}

/** The member of the predicate that says the result. */
export function resultMember(predicateType: string): string {
  return Object.hasOwn(MEMBERS, predicateType) ? String(MEMBERS[predicateType]) : 'result';
}

export function refusalOfResult(
  predicate: JsonObject,
  { predicateType, result, where }: Pick<Requirement, 'predicateType' | 'result' | 'where'>,
): Refusal | undefined {
  const found = predicate[resultMember(predicateType)];
  if (result !== undefined && found !== result)
    return refusal(
      'wrong-result',
      `it states ${typeof found === 'string' ? JSON.stringify(found.slice(0, 100)) : 'no result'}, not ${result}`,
    );
  const wrong = Object.entries(where).find(
    ([member, value]) => !Object.hasOwn(predicate, member) || predicate[member] !== value,
  );
  return wrong === undefined ? undefined : refusal('wrong-value', `its ${wrong[0]} is not ${JSON.stringify(wrong[1])}`);
}
