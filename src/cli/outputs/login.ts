/** The JSON of `waybill login --json`. */
import { z } from 'zod';

export const output = z.object({
  host: z.string().describe('The registry'),
  username: z.string().describe('The user name that it accepted'),
  file: z.string().describe('Where it is remembered'),
});

export type Output = z.infer<typeof output>;
