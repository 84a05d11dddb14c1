/** The JSON of `waybill attest --json`. */
import { z } from 'zod';
import { digest } from './pieces.ts';

export const output = z.object({
  digest: digest.describe('Digest of the manifest that the statement is about'),
  predicateType: z.string().describe('URI of what kind of thing is said'),
  keyId: z.string().describe('Of the key that signed: hex sha256 of its public half in PEM'),
  result: z.enum(['attached', 'present']).describe('present: this key has said the same before, nothing was done'),
  bundle: digest.describe('Digest of the signature bundle'),
  referrer: digest.describe('Digest of the manifest that attaches it'),
  logged: z.boolean().describe('Whether the log that was named has it'),
  where: z.enum(['store', 'registry']).describe('Whether it went to a store on this machine or to a registry'),
  summary: z.string().optional().describe('What it says, of a known kind'),
});

export type Output = z.infer<typeof output>;
