/** The part of the JSON of `waybill inspect` that tells tensors. */
import { z } from 'zod';
import { bytes } from './pieces.ts';

export const tensors = {
  parameters: z.number().int().describe('Elements of all tensors'),
  dtypes: z
    .record(
      z.string(),
      z.object({
        tensors: z.number().int().describe('Tensors of it'),
        parameters: z.number().int().describe('Their elements'),
        size: bytes.describe('Their bytes'),
      }),
    )
    .describe('By element type'),
  tensorCount: z.number().int().describe('How many tensors there are'),
  groups: z
    .array(
      z.object({
        name: z.string().describe('Name, with * where numbers differ'),
        dtype: z.string().describe('Type of their elements'),
        shape: z.array(z.number().int()).describe('Of each, outermost first'),
        count: z.number().int().describe('How many there are'),
        size: bytes.describe('Bytes of all of them'),
      }),
    )
    .describe('Tensors, those that repeat from layer to layer as one'),
  tensors: z
    .array(
      z.object({
        name: z.string().describe('Name in the file'),
        dtype: z.string().describe('Type of its elements'),
        shape: z.array(z.number().int()).describe('Outermost first'),
        start: bytes.describe('Where its bytes begin in the file'),
        size: bytes.describe('Its bytes'),
        file: z
          .string()
          .optional()
          .describe('The file in which they lie: of a package its path, of a file one beside it'),
        compressed: z.literal(true).optional().describe('Present when they are compressed there'),
      }),
    )
    .optional()
    .describe('With --tensors: every one, in the order of the file'),
};

const output = z.object(tensors);

export type TensorsOutput = z.infer<typeof output>;
