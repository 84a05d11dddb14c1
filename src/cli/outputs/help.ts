/** The JSON of `waybill help --json`. */
import { z } from 'zod';

export const output = z.object({ text: z.string().describe('The help text') });

export type Output = z.infer<typeof output>;
