/** The JSON of `waybill copy --json`. */
import { z } from 'zod';
import { digest } from './pieces.ts';
import { movedBytes, transferFields } from './transfer.ts';

export const output = z.object({
  ...transferFields,
  digest: digest.optional().describe('Digest of the manifest, the same at both ends; absent with --all-tags'),
  bytesSent: movedBytes,
  tags: z
    .array(
      z.object({ tag: z.string().describe('Its tag at both ends'), digest: digest.describe('Digest of its manifest') }),
    )
    .optional()
    .describe('With --all-tags: what was copied'),
});

export type Output = z.infer<typeof output>;
