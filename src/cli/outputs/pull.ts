/** The JSON of `waybill pull --json`. */
import { z } from 'zod';
import { finding } from './pieces.ts';
import { movedBytes, transferFields } from './transfer.ts';
import { requirements, trustOutput } from './trust-verdict.ts';

export const output = z.object({
  ...transferFields,
  bytesReceived: movedBytes,
  trust: trustOutput.optional(),
  requirements: requirements.optional(),
  findings: z.array(finding).describe('What is new about the repository since it was seen before, and harmless'),
});

export type Output = z.infer<typeof output>;
