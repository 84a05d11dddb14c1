/** The JSON of `waybill trust --json`. */
import { z } from 'zod';

export const output = z.object({
  action: z.enum(['init', 'revoke', 'admission']).describe('What was done'),
  file: z.string().optional().describe('init, revoke: the file that was written'),
  keys: z
    .array(
      z.object({
        id: z.string().describe('Its name in trust.yaml'),
        role: z.string().describe('What it may speak for'),
        keyId: z.string().describe('Hex SHA-256 of the PEM text: to be compared with what its owner publishes'),
        from: z.string().describe('The file that it was read from, or the package that it signed'),
      }),
    )
    .optional()
    .describe('init: whom the new policy believes'),
  match: z.string().optional().describe('init: the repositories that it is about'),
  serial: z.number().int().optional().describe('revoke: the number of the list'),
  revoked: z.number().int().optional().describe('revoke: how many entries it has'),
  document: z.string().optional().describe('admission: the policy for the cluster, YAML'),
  notChecked: z
    .array(z.string())
    .optional()
    .describe('admission: what trust.yaml asks for and the cluster does not check'),
});

export type Output = z.infer<typeof output>;
