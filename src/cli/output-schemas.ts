/** Pieces that the JSON of several verbs has in common. */
import { z } from 'zod';

export const digest = z
  .string()
  .regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/)
  .describe('Digest');
export const bytes = z.number().int().min(0);
export const verdict = z.enum(['pass', 'fail']);

export const finding = z.object({
  rule: z.string().describe('Stable id of what was checked'),
  level: z.enum(['note', 'warning', 'error']),
  path: z.string().optional().describe('The file, layer or digest that it is about'),
  message: z.string(),
});

export const errorOutput = z.object({
  error: z.object({
    code: z.string().describe('Stable code, see docs/reference/errors.md'),
    message: z.string(),
    hint: z.string().optional(),
    expected: z.string().optional(),
    found: z.string().optional(),
    problems: z
      .array(
        z.object({
          message: z.string(),
          file: z.string().optional(),
          line: z.number().optional(),
          column: z.number().optional(),
          source: z.string().optional(),
        }),
      )
      .optional(),
  }),
});
