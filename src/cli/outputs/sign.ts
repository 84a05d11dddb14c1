/** The JSON of `waybill sign --json`. */
import { z } from 'zod';
import { bytes, digest, finding } from './pieces.ts';

export const output = z.object({
  subject: z.enum(['package', 'folder']).describe('What was signed'),
  result: z.enum(['signed', 'unchanged']).describe('unchanged: this key had signed the same before, nothing was done'),
  predicateType: z.string().describe('URI of what is said: of a package that it is published, of a folder its files'),
  keyId: z.string().describe('Of the key that signed: hex sha256 of its public half in PEM'),
  name: z.string().describe('What is signed is called'),
  version: z.string().optional().describe('Of a package'),
  digest: digest.optional().describe('Of a package: digest of the manifest that the statement is about'),
  setDigest: digest.optional().describe('Of a package: digest of SHA256SUMS'),
  omsRoot: z.string().describe('Root digest of the files, hex: the subject of the model signature'),
  omsBundle: digest.describe('Digest of the model signature'),
  bundle: digest.optional().describe("Of a package: digest of the publisher's signed statement"),
  expires: z.string().optional().describe('Until when the statement of a package is to be believed'),
  where: z.enum(['store', 'registry']).optional().describe('Of a package: where the signatures are attached'),
  attached: z.array(digest).optional().describe('Of a package: manifests of the referrers that are new'),
  logged: z.boolean().optional().describe('Of a package: whether a log holds all of it, as --log asks'),
  signature: z.string().optional().describe('Of a folder: the file that holds the signature'),
  fileCount: z.number().int().describe('Files in the package or folder'),
  bytesRead: bytes.describe('Bytes that were read to verify or hash them'),
  bytesKnown: bytes.describe('Bytes that were not read, because they have not been touched since they were hashed'),
  findings: z.array(finding).describe('What was found of a package; errors are not signed'),
});

export type Output = z.infer<typeof output>;
