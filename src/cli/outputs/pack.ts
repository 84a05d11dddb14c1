/** The JSON of `waybill pack --json`. */
import { z } from 'zod';
import { bytes, digest, finding } from './pieces.ts';

export const output = z.object({
  reference: z.string().describe('Name in the store, or where --to put it'),
  digest: digest.describe('Digest of the manifest: the identity of the package'),
  setDigest: digest.describe('Digest of SHA256SUMS: the identity of the files, whatever the packing'),
  size: bytes.describe('Bytes of all layers'),
  fileCount: z.number().int().describe('Files in the package, SHA256SUMS included'),
  layerCount: z.number().int().describe('Layers of the package'),
  bytesRead: bytes.describe(
    'Bytes of content that were read; waybill.yaml, which is always read, is not counted when it is unchanged',
  ),
  bytesWritten: bytes.describe('Bytes of content that were written'),
  bytesSent: bytes.describe('Bytes that went to a registry; 0 without --to'),
  resumed: z.boolean().describe('Whether an interrupted transfer was gone on with'),
  unlisted: z.array(z.string()).describe('Files that no component names'),
  findings: z.array(finding).describe('What is worth a look; nothing here stopped the packing'),
});

export type Output = z.infer<typeof output>;
