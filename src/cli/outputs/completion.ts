/** The JSON of `waybill completion --json`. */
import { z } from 'zod';

export const output = z.object({
  shell: z.string().describe('bash, zsh or fish'),
  script: z.string().describe('The script, to be read by that shell'),
});

export type Output = z.infer<typeof output>;
