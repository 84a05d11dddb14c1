/** The JSON of `waybill tag --json`. */
import { z } from 'zod';
import { digest } from './pieces.ts';

export const output = z.object({
  reference: z.string().describe('The new name'),
  digest: digest.describe('Digest of the manifest that it points to'),
  previous: digest.optional().describe('What the name pointed to before'),
});

export type Output = z.infer<typeof output>;
