/** The JSON of `waybill verify --json`. */
import { z } from 'zod';
import { bytes, digest, finding, verdict } from './pieces.ts';
import { requirements, trustOutput } from './trust-verdict.ts';

export const output = z.object({
  verdict,
  digest: digest.optional().describe('Digest of the manifest; absent for a folder and for the store'),
  setDigest: digest.optional().describe('Digest of SHA256SUMS'),
  subject: z.enum(['package', 'folder', 'store']).describe('What was verified'),
  fileCount: z.number().int().describe('Files of a package or folder, blobs of the store'),
  bytesRead: bytes.describe('Bytes that were read and hashed'),
  signature: z
    .object({
      keyId: z.string().describe('Which key: hex SHA-256 of its PEM'),
      name: z.string().describe('What the signer calls the model'),
      root: z.string().describe('Root digest of the signed files, hex'),
    })
    .optional()
    .describe('With --signature: whose it is; absent when it is not what it must be'),
  bases: z
    .array(
      z.object({
        ref: z.string().describe('As the package names it'),
        digest: digest.describe('Digest of its manifest'),
        verdict,
      }),
    )
    .optional()
    .describe('With --with-bases: the packages that it was made from'),
  trust: trustOutput.optional(),
  requirements: requirements.optional(),
  findings: z.array(finding).describe('All that was found; an error makes the verdict fail'),
});

export type Output = z.infer<typeof output>;
