/** SPDX document, version 3, in JSON-LD: a list of elements. */
import { z } from 'zod';
import { count, definePredicate } from '../predicate/define.ts';
import { someText, timestamp } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const CONTEXT = /^https:\/\/spdx\.org\/rdf\/3\.\d+(?:\.\d+)?\/spdx-context\.jsonld$/;
const VERSION = /^3\.\d+\.\d+$/;

/** Everything but creation information has an address of its own. */
const element = z
  .looseObject({
    type: someText,
    spdxId: someText.optional(),
    '@id': someText.optional(),
    specVersion: z.string().regex(VERSION, 'a version, like 3.0.1').optional(),
    created: timestamp.optional(),
  })
  .refine(
    (one) => one.spdxId !== undefined || one['@id'] !== undefined || isBlank(one.type),
    'an element with a spdxId',
  );

/** What may stand without an address: the specification's classes that are no elements. */
function isBlank(type: string): boolean {
  return ['CreationInfo', 'Hash', 'ExternalIdentifier', 'ExternalRef', 'DictionaryEntry'].includes(type);
}

const schema = z
  .looseObject({
    '@context': z.string().regex(CONTEXT, 'the context of SPDX 3, https://spdx.org/rdf/3.0.1/spdx-context.jsonld'),
    '@graph': z.array(element).min(1, 'a list of elements that is not empty'),
  })
  .refine((document) => document['@graph'].some(({ type }) => type === 'SpdxDocument'), {
    path: ['@graph'],
    error: 'an element of type SpdxDocument',
  })
  .refine((document) => document['@graph'].some(({ type }) => type === 'CreationInfo'), {
    path: ['@graph'],
    error: 'an element of type CreationInfo',
  });

export const spdx3 = definePredicate({
  id: 'spdx3',
  types: [predicateTypes.spdx3],
  title: 'SPDX document 3',
  source: 'https://spdx.github.io/spdx-spec/v3.0.1/',
  checked: 'context, and of every element its type and address; that there is a document and creation information',
  schema,
  say: (document) => {
    const graph = document['@graph'];
    const packages = graph.filter(({ type }) => type.endsWith('Package'));
    const version = graph.find(({ specVersion }) => specVersion !== undefined)?.specVersion;
    return {
      summary: `SPDX ${version ?? '3'}: ${count(graph.length, 'element')}, ${count(packages.length, 'package')}`,
    };
  },
});
