/** What a trust policy makes of a package, in the JSON of every verb that asks. */
import { z } from 'zod';
import { digest, verdict } from './pieces.ts';

const requirement = z.object({
  role: z.string().describe('Who must state it'),
  predicateType: z.string().describe('What must be stated'),
  result: z.string().optional().describe('With which result'),
  threshold: z.number().int().describe('By how many different keys'),
  satisfied: z.boolean().describe('Whether it is'),
  by: z
    .array(
      z.object({
        holder: z.string().describe('Key or identity, by its id in the policy'),
        keyId: z.string().describe('Its key: hex SHA-256 of the PEM text'),
        identity: z.string().optional().describe('Of an identity: the name in its certificate'),
        statement: digest.describe('Digest of the bundle with the statement'),
      }),
    )
    .describe('Statements that count'),
  refused: z
    .array(
      z.object({
        reason: z.string().describe('Why it does not count: `wrong-role`, `expired`; see docs/reference/trust-file.md'),
        statement: digest.describe('Digest of its bundle, or of the manifest that holds it'),
        message: z.string().describe('The same for people'),
      }),
    )
    .describe('Statements of this kind that do not count; with none of either kind it is missing'),
});

export const trustOutput = z
  .object({
    verdict,
    file: z.string().describe('The policy'),
    policy: digest.describe('Digest of its text'),
    repository: z.string().describe('Which repository was asked for'),
    match: z.string().optional().describe('The pattern of the rule that counted; absent where none fits'),
  })
  .describe('With --trust: what the policy makes of the package');

export const requirements = z.array(requirement).describe('With --trust: each requirement of the policy');

export type TrustOutput = z.infer<typeof trustOutput> & { readonly requirements: z.infer<typeof requirements> };
