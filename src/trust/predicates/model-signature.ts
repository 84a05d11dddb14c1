/** OpenSSF Model Signing 1.0: a signature over the files of a model, whatever they are packed in. */
import { z } from 'zod';
import { count, definePredicate } from '../predicate/define.ts';
import { predicateTypes } from '../predicate-types.ts';

const schema = z.looseObject({ resources: z.array(z.looseObject({ name: z.string() })) });

export const modelSignature = definePredicate({
  id: 'model-signature',
  types: [predicateTypes.modelSignature],
  title: 'signature over the files of a model',
  source: 'https://github.com/ossf/model-signing-spec',
  checked: 'that it lists files; all of it is checked where files are verified with it',
  isOfFiles: true,
  schema,
  say: ({ resources }) => ({ summary: `signature over ${count(resources.length, 'file')}` }),
});
