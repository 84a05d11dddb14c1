/** The JSON of `waybill list --json`. */
import { z } from 'zod';
import { bytes, digest } from './pieces.ts';

export const output = z.object({
  store: z.string().describe('Folder of the local store'),
  artifacts: z
    .array(
      z.object({
        reference: z.string().describe('Name in the store'),
        digest: digest.describe('Digest of the manifest it points to'),
        artifactType: z.string().optional().describe('What the manifest says it is'),
        size: bytes.describe('Bytes of all layers'),
        files: z.number().int().describe('Layers'),
      }),
    )
    .describe('By name'),
});

export type Output = z.infer<typeof output>;
