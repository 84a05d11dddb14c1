/** SLSA build provenance 1.x: what made the artifact, and from what. */
import { z } from 'zod';
import { count, definePredicate } from '../predicate/define.ts';
import { resource, text, timestamp, uri } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const schema = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: uri,
    /** Required, and the same where it is empty or left out, as writers of protocol buffers do. */
    externalParameters: z.record(z.string(), z.unknown()).nullish(),
    internalParameters: z.record(z.string(), z.unknown()).nullish(),
    resolvedDependencies: z.array(resource).nullish(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({
      id: uri,
      version: z.record(z.string(), text).nullish(),
      builderDependencies: z.array(resource).nullish(),
    }),
    metadata: z
      .looseObject({ invocationId: text.nullish(), startedOn: timestamp.nullish(), finishedOn: timestamp.nullish() })
      .nullish(),
    byproducts: z.array(resource).nullish(),
  }),
});

export const provenance = definePredicate({
  id: 'provenance',
  types: [predicateTypes.slsaProvenance],
  title: 'SLSA build provenance 1',
  source: 'https://slsa.dev/spec/v1.1/provenance',
  checked: 'required members, and the type of every member that the specification names',
  schema,
  say: ({ buildDefinition: { buildType, resolvedDependencies }, runDetails: { builder, metadata } }) => {
    const finished = metadata?.finishedOn;
    const from = count(resolvedDependencies?.length ?? 0, 'input');
    const when = finished === undefined || finished === null ? '' : `, finished ${finished}`;
    return { summary: `made by ${builder.id} as ${buildType} from ${from}${when}` };
  },
});
