/** The JSON of `waybill hub --json`. */
import { z } from 'zod';
import { bytes, finding, verdict } from './pieces.ts';

export const output = z.object({
  action: z.enum(['serve', 'fsck', 'reindex', 'gc']).describe('What was done'),
  requests: z.number().int().optional().describe('serve: requests that were answered'),
  manifests: z.number().int().optional().describe('reindex, fsck: manifests that were found'),
  tags: z.number().int().optional().describe('reindex, fsck: tags that were found'),
  uploads: z.number().int().optional().describe('gc: abandoned uploads that went'),
  blobs: z
    .number()
    .int()
    .optional()
    .describe('gc: blobs that nothing named, and that went; fsck: blobs that were read'),
  bytes: bytes.optional().describe('gc, fsck: bytes of those blobs'),
  waiting: z.number().int().optional().describe('gc: blobs that nothing names and whose grace is not over'),
  dryRun: z.boolean().optional().describe('gc: whether all of it was only rehearsed'),
  verdict: verdict.optional().describe('fsck: pass unless a finding is an error'),
  findings: z.array(finding).describe('reindex: what could not be taken over; fsck: all that was found'),
});

export type Output = z.infer<typeof output>;
