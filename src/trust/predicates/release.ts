/** in-toto release 0.1: under which name and version a registry gives the artifact out. */
import { z } from 'zod';
import { definePredicate } from '../predicate/define.ts';
import { someText } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

/** package-url, "purl": a version is required here. */
const PURL = /^pkg:[A-Za-z][A-Za-z0-9.+-]*\/[^?#]+@[^?#/@]+(?:\?[^#]*)?(?:#.*)?$/;

const schema = z.looseObject({
  purl: z.string().regex(PURL, 'a package URL with a version, like pkg:oci/digits@sha256%3A…?tag=1.2.0'),
  packageId: someText.nullish(),
  /** Its name in version 0.1 of the text, under the same type. */
  releaseId: someText.nullish(),
});

export const release = definePredicate({
  id: 'release',
  types: [predicateTypes.release],
  title: 'in-toto release 0.1',
  source: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/release.md',
  checked: 'all of it',
  schema,
  say: ({ purl }) => ({ summary: `released as ${purl}` }),
});
