/** The JSON of `waybill diff --json`. */
import { z } from 'zod';
import { bytes, digest } from './pieces.ts';

const state = z.object({
  digest: digest.describe('Digest of the file'),
  size: bytes.describe('Bytes'),
  isExecutable: z.boolean().describe("Whether the owner's x bit is set"),
});

export const output = z.object({
  files: z
    .array(
      z.object({
        change: z.enum(['added', 'removed', 'changed', 'moved']).describe('From A to B'),
        path: z.string().describe('Path of the file; in B unless it was removed'),
        from: z.string().optional().describe('Where a moved file was'),
        before: state.optional().describe('The file in A'),
        after: state.optional().describe('The file in B'),
      }),
    )
    .describe('Files that differ, by path'),
  same: z.number().int().describe('Files that are equal'),
});

export type Output = z.infer<typeof output>;
