/** The JSON of `waybill upgrade --json`. */
import { z } from 'zod';
import { finding } from './pieces.ts';

export const output = z.object({
  file: z.string().describe('The waybill.yaml'),
  from: z.number().describe('The version that it stated'),
  to: z.number().describe('The version that it states now, or would'),
  changes: z
    .array(
      z.object({
        line: z.number().int().optional().describe('Line in the file as it was, counted from 1'),
        column: z.number().int().optional().describe('Column, counted from 1'),
        message: z.string().describe('What was changed there'),
      }),
    )
    .describe('What was changed, or with --check would be'),
  isWritten: z.boolean().describe('Whether the file was written'),
  findings: z.array(finding).describe('What is worth a look'),
});

export type Output = z.infer<typeof output>;
