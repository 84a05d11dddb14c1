/** The JSON of `waybill prune --json`. */
import { z } from 'zod';
import { bytes } from './pieces.ts';

export const output = z.object({
  removed: z.array(z.string()).describe('Digests of the blobs that went, or would go'),
  bytes: bytes.describe('Bytes that became free'),
  leftovers: z.number().int().describe('Files that interrupted operations had left'),
  dryRun: z.boolean().describe('Whether nothing was removed in truth'),
});

export type Output = z.infer<typeof output>;
