/**
 * Our own: a gate said no. Under the type that a gate looks for, a failed result would bar the artifact for ever:
 * cosign asks that every statement of a type satisfies its policy.
 */
import { z } from 'zod';
import { definePredicate } from '../predicate/define.ts';
import { text } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const schema = z
  .looseObject({ verificationResult: text.optional(), result: text.optional() })
  .refine(({ verificationResult, result }) => [verificationResult, result].includes('FAILED'), {
    error: 'verificationResult or result to be FAILED',
  });

export const gateFailed = definePredicate({
  id: 'gate-failed',
  types: [predicateTypes.gateFailed],
  title: 'a gate that said no',
  source: '../guides/attach-a-statement.md#results-that-are-no',
  checked: 'that verificationResult or result is FAILED; the rest is that of a verification summary or a test result',
  schema,
  say: () => ({ result: 'FAILED', summary: 'FAILED' }),
});
