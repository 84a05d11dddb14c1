import { testPredicate } from '../../../test/contracts/predicate.ts';
import { modelSignature } from './model-signature.ts';

testPredicate(modelSignature, {
  good: [
    [{ resources: [{ name: 'model.onnx', digest: 'ab' }], serialization: {} }, { summary: 'signature over 1 file' }],
  ],
  bad: [
    [['resources'], {}, 'expected a list'],
    [['resources', 0, 'name'], undefined, 'expected text'],
  ],
});
