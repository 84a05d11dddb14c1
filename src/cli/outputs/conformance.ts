/** The JSON of `waybill conformance --json`. */
import { z } from 'zod';
import { bytes, digest, finding, verdict } from './pieces.ts';

export const output = z.object({
  verdict,
  specification: z.string().describe('What it was held to'),
  digest: digest.describe('Digest of the manifest'),
  layerCount: z.number().int().describe('Layers of the artifact'),
  fileCount: z.number().int().describe('Files that it holds, as far as they could be told'),
  bytesRead: bytes.describe('Bytes of layers that were read'),
  findings: z.array(finding).describe('Every rule that is broken; an error makes the verdict fail'),
});

export type Output = z.infer<typeof output>;
