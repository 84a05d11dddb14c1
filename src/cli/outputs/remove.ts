/** The JSON of `waybill remove --json`. */
import { z } from 'zod';

export const output = z.object({
  reference: z.string().describe('The name'),
  removed: z.boolean().describe('Always true: a name that is not there is an error'),
});

export type Output = z.infer<typeof output>;
