/** Pieces that the JSON of several verbs has in common. */
import { z } from 'zod';

export const digest = z
  .string()
  .regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/)
  .describe('Digest');
export const bytes = z.number().int().min(0);
export const verdict = z.enum(['pass', 'fail']).describe('pass unless a finding is an error');

export const finding = z.object({
  rule: z.string().describe('Stable id of what was checked'),
  level: z.enum(['note', 'warning', 'error']).describe('An error makes the verdict fail'),
  path: z.string().optional().describe('The file, layer or digest that it is about'),
  line: z.number().int().optional().describe('For a file that a person wrote: the line, counted from 1'),
  column: z.number().int().optional().describe('And the column, counted from 1'),
  message: z.string().describe('What was found, for people'),
});

export const errorOutput = z.object({
  error: z
    .object({
      code: z.string().describe('Stable code, see docs/reference/errors.md'),
      message: z.string().describe('What was tried, a colon, what is so'),
      hint: z.string().optional().describe('What would help'),
      expected: z.string().optional().describe('For content: what it should have been'),
      found: z.string().optional().describe('For content: what it is'),
      problems: z
        .array(
          z.object({
            message: z.string().describe('What is wrong'),
            file: z.string().optional().describe('The file'),
            line: z.number().optional().describe('Counted from 1'),
            column: z.number().optional().describe('Counted from 1'),
            source: z.string().optional().describe('The line itself'),
          }),
        )
        .optional()
        .describe('For a file that a person wrote: all that is wrong in it'),
    })
    .describe('What went wrong'),
});
