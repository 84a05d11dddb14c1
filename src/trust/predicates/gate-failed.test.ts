import { testPredicate } from '../../../test/contracts/predicate.ts';
import { gateFailed } from './gate-failed.ts';

const said = { result: 'FAILED', summary: 'FAILED' } as const;

testPredicate(gateFailed, {
  good: [
    [{ result: 'FAILED', configuration: [] }, said],
    [{ verificationResult: 'FAILED' }, said],
  ],
  bad: [
    [['result'], 'PASSED', 'to be FAILED', []],
    [['result'], undefined, 'to be FAILED', []],
    [['result'], true, 'expected text'],
  ],
});
