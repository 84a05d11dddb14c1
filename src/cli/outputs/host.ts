/** The JSON of `waybill host --json`: a target, which `compat --target` reads as well. */
import type { z } from 'zod';
import { Target } from '../../model/environment/target/schema.ts';

export const output: z.ZodType<Target> = Target;

export type Output = Target;
