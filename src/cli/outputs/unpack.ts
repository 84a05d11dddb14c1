/** The JSON of `waybill unpack --json`. */
import { z } from 'zod';
import { bytes, digest, finding } from './pieces.ts';
import { requirements, trustOutput } from './trust-verdict.ts';

export const output = z.object({
  digest: digest.describe('Digest of the manifest'),
  folder: z.string().describe('Where the files are now, as it was named'),
  fileCount: z.number().int().describe('Files that were restored'),
  bytesWritten: bytes.describe('Bytes that were written; none for a clone or a link'),
  folders: z
    .array(
      z.object({
        ref: z.string().describe('The package, or as it names its base'),
        digest: digest.describe('Digest of its manifest'),
        folder: z.string().describe('Its folder in the destination'),
      }),
    )
    .optional()
    .describe('With --with-bases: where each package is, the model itself first'),
  trust: trustOutput.optional(),
  requirements: requirements.optional(),
  signature: z
    .object({
      file: z.string().describe('Its file in the folder'),
      keyId: z.string().optional().describe('The key whose it is; absent where no key was given to verify it'),
    })
    .optional()
    .describe('With --with-signature: the signature that was laid beside the files'),
  findings: z.array(finding).describe('What is odd about the package, but harmless'),
});

export type Output = z.infer<typeof output>;
