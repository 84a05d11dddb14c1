/** The JSON of `waybill pull --json`. */
import { z } from 'zod';
import { movedBytes, transferFields } from './transfer.ts';

export const output = z.object({ ...transferFields, bytesReceived: movedBytes });

export type Output = z.infer<typeof output>;
