/** The JSON of `waybill compat --json`. */
import { z } from 'zod';
import { digest, finding } from './pieces.ts';

const fit = z.enum(['fits', 'does-not-fit', 'cannot-tell']);

export const output = z.object({
  verdict: fit.describe('does-not-fit if a finding is that, else cannot-tell if one is that, else fits'),
  digest: digest.optional().describe('Digest of the manifest; absent for a folder'),
  target: z
    .object({
      from: z.string().describe('host, or the file that it was read from'),
      name: z.string().optional().describe('What people call it'),
      os: z.string().optional().describe('Operating system'),
      architecture: z.string().optional().describe('Processor architecture'),
    })
    .describe('What the package was compared with'),
  findings: z
    .array(
      finding.extend({
        fit: fit.describe('Whether this requirement is met; its level follows'),
        subject: z.string().describe('What is required: python, a library, a file'),
        required: z.string().optional().describe('What the package needs'),
        found: z.string().optional().describe('What the target has'),
        remedy: z.string().optional().describe('What to change'),
        details: z.array(z.string()).optional().describe('One by one, where it is about many'),
        source: z.string().optional().describe('Where it is written that it is so'),
      }),
    )
    .describe('Every requirement; what to change first stands first'),
  memory: z
    .object({
      weightsMiB: z.number().describe('Weights, as they are stored'),
      interfaceMiB: z.number().describe('Inputs and outputs at the declared batch'),
      leastMiB: z.number().describe('Both: less will not do'),
      how: z.array(z.string()).describe('How it was computed'),
    })
    .describe('The least memory that the model takes'),
});

export type Output = z.infer<typeof output>;
