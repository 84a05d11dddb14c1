/** What cosign 3 signs with `cosign sign`: the artifact, and nothing beside it. */
import { z } from 'zod';
import { definePredicate } from '../predicate/define.ts';
import { predicateTypes } from '../predicate-types.ts';

export const signature = definePredicate({
  id: 'signature',
  types: [predicateTypes.cosignSign],
  title: 'signature over the artifact, without a word',
  source: 'https://docs.sigstore.dev/cosign/signing/signing_with_containers/',
  checked: 'nothing: any object',
  schema: z.looseObject({}),
  say: () => ({ summary: 'signature over the artifact' }),
});
