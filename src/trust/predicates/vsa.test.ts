import { testPredicate } from '../../../test/contracts/predicate.ts';
import { vsa } from './vsa.ts';

const passed = {
  verifier: { id: 'https://example.com/gate', version: { gate: '1' } },
  timeVerified: '2026-11-23T15:00:00Z',
  resourceUri: 'pkg:oci/digits',
  policy: { uri: 'https://example.com/policy', digest: { sha256: 'ab'.repeat(32) } },
  inputAttestations: [{ uri: 'https://example.com/a', digest: { sha256: 'cd'.repeat(32) } }],
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'GATE_STAGING'],
  dependencyLevels: { SLSA_BUILD_LEVEL_0: 3 },
  slsaVersion: '1.1',
};
const failed = {
  verifier: { id: 'https://example.com/gate' },
  resourceUri: 'pkg:oci/digits',
  policy: { uri: 'https://example.com/policy' },
  verificationResult: 'FAILED',
  verifiedLevels: [],
};
const by = 'by https://example.com/gate for pkg:oci/digits';

testPredicate(vsa, {
  good: [
    [passed, { result: 'PASSED', summary: `PASSED ${by}: SLSA_BUILD_LEVEL_1, GATE_STAGING` }],
    [failed, { result: 'FAILED', summary: `FAILED ${by}` }],
  ],
  bad: [
    [['verifier'], undefined, 'expected a section of keys'],
    [['verifier', 'id'], 'me', 'expected a URI'],
    [['resourceUri'], '', 'not empty'],
    [['policy', 'uri'], undefined, 'expected text'],
    [['inputAttestations', 0, 'digest'], null, 'an entry with a digest', ['inputAttestations', 0]],
    [['inputAttestations', 0, 'digest'], {}, 'an entry with a digest', ['inputAttestations', 0]],
    [['verificationResult'], 'passed', 'expected PASSED, FAILED, found "passed"'],
    [['verifiedLevels'], undefined, 'expected a list'],
    [['dependencyLevels', 'SLSA_BUILD_LEVEL_0'], 0.5, 'whole number'],
    [['slsaVersion'], '1', 'a version, like 1.1'],
  ],
});
