import { testPredicate } from '../../../test/contracts/predicate.ts';
import { testResult } from './test-result.ts';

testPredicate(testResult, {
  good: [
    [
      {
        result: 'PASSED',
        configuration: [{ name: 'tests/waybill.tests.yaml', digest: { sha256: 'ab'.repeat(32) } }],
        url: 'https://example.com/run/7',
        passedTests: ['seven', 'eight'],
        warnedTests: ['nine'],
        failedTests: [],
      },
      { result: 'PASSED', summary: 'PASSED: 2 passed, 1 with warnings' },
    ],
    [
      { result: 'FAILED', configuration: [], failedTests: ['seven'] },
      { result: 'FAILED', summary: 'FAILED: 1 failed' },
    ],
    [
      { result: 'WARNED', configuration: [], url: null },
      { result: 'WARNED', summary: 'WARNED' },
    ],
  ],
  bad: [
    [['result'], 'OK', 'expected PASSED, WARNED, FAILED'],
    [['configuration'], undefined, 'expected a list'],
    [['configuration', 0, 'digest'], 'sha256:ab', 'expected a section of keys'],
    [['passedTests', 1], 8, 'expected text'],
  ],
});
