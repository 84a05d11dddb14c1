import { testPredicate } from '../../../test/contracts/predicate.ts';
import { packageStatement } from './package.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const statement = {
  name: 'acme/digits',
  version: '1.2.0',
  setDigest: digest,
  omsRoot: 'cd'.repeat(32),
  omsBundle: digest,
  issuedAt: '2026-11-23T15:00:00Z',
};

testPredicate(packageStatement, {
  good: [
    [statement, { summary: 'published as acme/digits 1.2.0, 2026-11-23T15:00:00Z' }],
    [
      { ...statement, segments: digest, expires: '2027-11-23T15:00:00Z' },
      { summary: 'published as acme/digits 1.2.0, 2026-11-23T15:00:00Z, until 2027-11-23T15:00:00Z' },
    ],
  ],
  bad: [
    [['name'], '', 'at least 1'],
    [['version'], undefined, 'expected text'],
    [['setDigest'], 'cd'.repeat(32), 'sha256:<64 hex>'],
    [['omsRoot'], digest, '64 digits of hex'],
    [['omsBundle'], `sha256:${'AB'.repeat(32)}`, 'sha256:<64 hex>'],
    [['issuedAt'], '2026-11-23', 'a time'],
    [['expires'], null, 'expected text'],
  ],
});
