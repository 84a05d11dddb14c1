import { testPredicate } from '../../../test/contracts/predicate.ts';
import { release } from './release.ts';

const purl = 'pkg:oci/digits@sha256%3Aabcd?repository_url=hub.example/acme/digits&tag=1.2.0';

testPredicate(release, {
  good: [
    [{ purl, packageId: '7' }, { summary: `released as ${purl}` }],
    [{ purl: 'pkg:npm/@angular/http@7.2.16', releaseId: '7' }, { summary: 'released as pkg:npm/@angular/http@7.2.16' }],
  ],
  bad: [
    [['purl'], undefined, 'expected text'],
    [['purl'], 'acme/digits:1.2.0', 'a package URL with a version'],
    [['purl'], 'pkg:oci/digits', 'a package URL with a version'],
    [['packageId'], '', 'not empty'],
  ],
});
