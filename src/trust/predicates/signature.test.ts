import { testPredicate } from '../../../test/contracts/predicate.ts';
import { signature } from './signature.ts';

testPredicate(signature, { good: [[{}, { summary: 'signature over the artifact' }]], bad: [] });
