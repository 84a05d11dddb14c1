/** The JSON of `waybill convert --json`. */
import { z } from 'zod';
import { bytes, digest, finding } from './pieces.ts';

export const output = z.object({
  reference: z.string().describe('Name of the result in the local store'),
  digest: digest.describe('Digest of its manifest'),
  form: z.string().describe('The form that it is written in'),
  from: z
    .object({
      digest: digest.describe('Digest of the manifest that was converted'),
      dialect: z.string().describe('The dialect that it is written in'),
    })
    .describe('What was converted'),
  setDigest: digest.optional().describe('Digest of SHA256SUMS, where the form has one'),
  fileCount: z.number().int().describe('Files of the result'),
  layerCount: z.number().int().describe('Layers of the result'),
  blobsReused: z
    .number()
    .int()
    .describe('Blobs of layers that were in the store: not a byte of them was read or written'),
  bytesRead: bytes.describe('Bytes of content that were read'),
  bytesWritten: bytes.describe('Bytes that were written, documents included'),
  attached: z
    .array(
      z.object({
        digest: digest.describe('Digest of the manifest that is attached to what was converted'),
        artifactType: z.string().optional().describe('What it is'),
        kept: z.boolean().describe('Whether it is attached to the result too'),
        reason: z.string().describe('Why, or why not'),
      }),
    )
    .describe('What is attached to the package that was converted'),
  findings: z.array(finding).describe('What is odd about the package, and what the form cannot keep'),
});

export type Output = z.infer<typeof output>;
