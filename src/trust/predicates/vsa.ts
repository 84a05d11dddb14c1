/** SLSA verification summary 1.x: a verifier decided about the artifact by a policy. */
import { z } from 'zod';
import { definePredicate } from '../predicate/define.ts';
import { resource, someText, text, timestamp, uri } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const schema = z.looseObject({
  verifier: z.looseObject({ id: uri, version: z.record(z.string(), text).nullish() }),
  timeVerified: timestamp.nullish(),
  resourceUri: someText,
  policy: resource.extend({ uri: someText }),
  inputAttestations: z
    .array(resource.refine(({ digest }) => Object.keys(digest ?? {}).length > 0, 'an entry with a digest'))
    .nullish(),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(someText),
  dependencyLevels: z.record(z.string(), z.int().min(0)).nullish(),
  slsaVersion: z
    .string()
    .regex(/^\d+\.\d+$/, 'a version, like 1.1')
    .nullish(),
});

export const vsa = definePredicate({
  id: 'vsa',
  types: [predicateTypes.verificationSummary],
  title: 'SLSA verification summary 1',
  source: 'https://slsa.dev/spec/v1.1/verification_summary',
  checked: 'required members, and the type of every member that the specification names',
  schema,
  say: ({ verifier, resourceUri, verificationResult, verifiedLevels }) => ({
    result: verificationResult,
    summary: `${verificationResult} by ${verifier.id} for ${resourceUri}${verifiedLevels.length > 0 ? `: ${verifiedLevels.join(', ')}` : ''}`,
  }),
});
