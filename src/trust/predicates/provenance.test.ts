import { testPredicate } from '../../../test/contracts/predicate.ts';
import { provenance } from './provenance.ts';

const training = {
  buildDefinition: {
    buildType: 'https://example.com/buildtypes/training/v1',
    externalParameters: { entrypoint: 'train.py', seed: 7 },
    internalParameters: null,
    resolvedDependencies: [{ name: 'digits.csv', digest: { sha256: 'ab'.repeat(32) } }],
  },
  runDetails: {
    builder: { id: 'https://example.com/trainer', version: { trainer: '1' }, builderDependencies: [] },
    metadata: { invocationId: '7', startedOn: '2026-11-23T14:00:00Z', finishedOn: '2026-11-23T15:00:00.5+01:00' },
    byproducts: [{ uri: 'https://example.com/log' }],
  },
};
const made = 'made by https://example.com/trainer as https://example.com/buildtypes/training/v1';
const { buildType, externalParameters } = training.buildDefinition;
const bare = {
  buildDefinition: { buildType, externalParameters },
  runDetails: { builder: { id: 'https://example.com/trainer' }, metadata: { finishedOn: null } },
};

testPredicate(provenance, {
  good: [
    [training, { summary: `${made} from 1 input, finished 2026-11-23T15:00:00.5+01:00` }],
    [bare, { summary: `${made} from 0 inputs` }],
    [{ ...bare, runDetails: { builder: { id: 'https://example.com/trainer' } } }, { summary: `${made} from 0 inputs` }],
  ],
  bad: [
    [['buildDefinition'], undefined, 'expected a section of keys'],
    [['runDetails'], [], 'expected a section of keys'],
    [['buildDefinition', 'buildType'], 'training', 'expected a URI'],
    [['buildDefinition', 'externalParameters'], [], 'expected a section of keys'],
    [['buildDefinition', 'resolvedDependencies', 0, 'digest', 'sha256'], 'AB', 'lower-case hex'],
    [['runDetails', 'builder', 'id'], 7, 'expected text'],
    [['runDetails', 'metadata', 'startedOn'], 'yesterday', 'expected a time'],
  ],
});
