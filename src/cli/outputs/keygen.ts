/** The JSON of `waybill keygen --json`. */
import { z } from 'zod';
import { algorithms } from '../../trust/keys/algorithms.ts';
import { roles } from '../../trust/keys/roles.ts';

export const output = z.object({
  privateKey: z.string().describe('File with the private key, PEM'),
  publicKey: z.string().describe('File with the public key, PEM'),
  keyId: z.string().describe('Id of the key: hex sha256 of the PEM text of its public half'),
  algorithm: z.enum(algorithms.map(({ id }) => id)).describe('What it signs with'),
  role: z.enum(roles).describe('What it is to speak for'),
  notBefore: z.string().describe('First day on which it is to count'),
  notAfter: z.string().describe('Last day on which it is to count'),
  isEncrypted: z.boolean().describe('Whether the private key needs a passphrase'),
  trust: z.string().optional().describe('The entry for trust.yaml, YAML; logs are named there by their own key text'),
});

export type Output = z.infer<typeof output>;
