import { testPredicate } from '../../../test/contracts/predicate.ts';
import { spdx3 } from './spdx3.ts';

const document = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'CreationInfo', '@id': '_:creation', specVersion: '3.0.1', created: '2026-11-23T15:00:00Z' },
    { type: 'SpdxDocument', spdxId: 'https://example.com/document' },
    { type: 'ai_AIPackage', spdxId: 'https://example.com/digits', name: 'digits' },
  ],
};
const [, , model] = document['@graph'];

testPredicate(spdx3, {
  good: [
    [document, { summary: 'SPDX 3.0.1: 3 elements, 1 package' }],
    [
      { ...document, '@graph': [{ type: 'CreationInfo' }, { type: 'SpdxDocument', spdxId: 'urn:a:b' }] },
      { summary: 'SPDX 3: 2 elements, 0 packages' },
    ],
  ],
  bad: [
    [['@context'], 'https://example.com/', 'the context of SPDX 3'],
    [['@graph'], [], 'not empty'],
    [['@graph', 0, 'specVersion'], '2.3', 'a version, like 3.0.1'],
    [['@graph', 0, 'created'], 'now', 'a time'],
    [['@graph', 2, 'spdxId'], undefined, 'an element with a spdxId', ['@graph', 2]],
    [['@graph', 2, 'type'], undefined, 'expected text'],
    [['@graph', 1], model, 'an element of type SpdxDocument', ['@graph']],
    [['@graph', 0], model, 'an element of type CreationInfo', ['@graph']],
  ],
});
