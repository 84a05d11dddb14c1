/** What the JSON of push, pull and copy has in common. */
import { z } from 'zod';
import { bytes, digest } from './pieces.ts';

export const transferFields = {
  digest: digest.describe('Digest of the manifest, the same at both ends'),
  to: z.string().describe('Where it is now'),
  blobs: z.number().int().describe('Blobs and manifests that were copied'),
  blobsSkipped: z.number().int().describe('Those that were there already'),
  resumed: z.boolean().describe('Whether an interrupted transfer was gone on with'),
};

export const movedBytes: typeof bytes = bytes.describe('Bytes that were moved');
