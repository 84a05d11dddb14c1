/** in-toto test result 0.1: what came out of one run of tests. */
import { z } from 'zod';
import { definePredicate } from '../predicate/define.ts';
import { resource, text } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const names = z.array(text).nullish();

const schema = z.looseObject({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(resource),
  url: text.nullish(),
  passedTests: names,
  warnedTests: names,
  failedTests: names,
});

export const testResult = definePredicate({
  id: 'test-result',
  types: [predicateTypes.testResult],
  title: 'in-toto test result 0.1',
  source: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md',
  checked: 'all of it',
  schema,
  say: ({ result, passedTests, warnedTests, failedTests }) => {
    const counts = [
      [passedTests, 'passed'],
      [warnedTests, 'with warnings'],
      [failedTests, 'failed'],
    ] as const;
    const named = counts.filter(([tests]) => (tests?.length ?? 0) > 0).map(([tests, how]) => `${tests?.length} ${how}`);
    return { result, summary: [result, named.join(', ')].filter((part) => part !== '').join(': ') };
  },
});
