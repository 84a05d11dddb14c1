import { testPredicate } from '../../../test/contracts/predicate.ts';
import { cyclonedx } from './cyclonedx.ts';

const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: {
    timestamp: '2026-11-23T15:00:00Z',
    component: { type: 'machine-learning-model', name: 'digits', modelCard: {} },
  },
  components: [
    {
      type: 'file',
      name: 'weights/model.onnx',
      'bom-ref': 'weights',
      hashes: [{ alg: 'SHA-256', content: 'ab'.repeat(32) }],
      components: [{ type: 'data', name: 'digits.csv' }],
    },
    { type: 'library', name: 'numpy', version: '2.1.0', purl: 'pkg:pypi/numpy@2.1.0', licenses: [{ license: {} }] },
  ],
  services: [{ name: 'registry' }],
  dependencies: [{ ref: 'weights', dependsOn: ['numpy'] }],
  vulnerabilities: [],
};

testPredicate(cyclonedx, {
  good: [
    [bom, { summary: 'CycloneDX 1.6: 2 components, 1 model among them' }],
    [{ bomFormat: 'CycloneDX', specVersion: '1.4' }, { summary: 'CycloneDX 1.4: 0 components' }],
  ],
  bad: [
    [['bomFormat'], 'SPDX', 'expected CycloneDX'],
    [['specVersion'], '2.0', 'a version from 1.2 to 1.7'],
    [['serialNumber'], '7', 'urn:uuid:'],
    [['version'], 0, 'at least 1'],
    [['metadata', 'timestamp'], '7', 'a time'],
    [['components', 0, 'type'], 'model', 'machine-learning-model'],
    [['components', 0, 'name'], undefined, 'expected text'],
    [['components', 0, 'components', 0, 'type'], 'dataset', 'expected application'],
    [['components', 0, 'hashes', 0, 'content'], 'xyz', 'a digest in hex'],
    [['dependencies', 0, 'ref'], undefined, 'expected text'],
  ],
});
