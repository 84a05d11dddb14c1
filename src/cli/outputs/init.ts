/** The JSON of `waybill init --json`. */
import { z } from 'zod';

export const output = z.object({
  file: z.string().describe('The waybill.yaml that was written'),
  derived: z
    .array(
      z.object({
        key: z.string().describe('Key of waybill.yaml'),
        value: z.string().describe('What was found for it'),
        from: z.string().describe('Where it was found'),
      }),
    )
    .describe('What was found, and where'),
  components: z.record(z.string(), z.number().int()).describe('Files in each component'),
  leftOut: z
    .array(z.object({ path: z.string().describe('Path in the folder'), reason: z.string().describe('Why') }))
    .describe('Files that are not packed'),
  missing: z.array(z.string()).describe('What a person has to add or look at'),
  created: z.array(z.string()).describe('Files that were written beside it'),
});

export type Output = z.infer<typeof output>;
