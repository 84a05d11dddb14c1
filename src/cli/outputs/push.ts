/** The JSON of `waybill push --json`. */
import { z } from 'zod';
import { movedBytes, transferFields } from './transfer.ts';

export const output = z.object({ ...transferFields, bytesSent: movedBytes });

export type Output = z.infer<typeof output>;
