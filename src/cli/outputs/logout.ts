/** The JSON of `waybill logout --json`. */
import { z } from 'zod';

export const output = z.object({
  host: z.string().describe('The registry'),
  removed: z.boolean().describe('Whether waybill login had remembered one'),
  othersKnow: z.boolean().describe('Whether docker or podman still remember one'),
});

export type Output = z.infer<typeof output>;
