/** Where a predicate says its result: kinds of statements that can also say no. */
import { predicateTypes } from '../predicate-types.ts';
import type { Statement } from '../statement/statement.ts';

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

/** What the statement says, if it is text; kinds that are not known here have it in `result`. */
export function resultOf({
  predicateType,
  predicate,
}: Pick<Statement, 'predicateType' | 'predicate'>): string | undefined {
  const value = predicate[canSayNo(predicateType) ? (MEMBERS[predicateType] as string) : 'result'];
  return typeof value === 'string' ? value : undefined;
}
