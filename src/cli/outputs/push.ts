/** The JSON of `waybill push --json`. */
import { z } from 'zod';
import { movedBytes, transferFields } from './transfer.ts';
import { requirements, trustOutput } from './trust-verdict.ts';

export const output = z.object({
  ...transferFields,
  bytesSent: movedBytes,
  trust: trustOutput.optional(),
  requirements: requirements.optional(),
});

export type Output = z.infer<typeof output>;
