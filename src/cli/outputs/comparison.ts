/** The part of the JSON of `waybill inspect --against` that compares two models. */
import { z } from 'zod';
import { layoutVerdicts } from '../../model/architecture/compare.ts';

const typeAndShape = z.object({
  dtype: z.string().describe('Type of its elements'),
  shape: z.array(z.number().int()).describe('Outermost first'),
});

export const comparison = z.object({
  against: z.string().describe('What it was compared with'),
  verdict: z.enum(layoutVerdicts).describe('How its tensors stand to those of the other'),
  counts: z
    .object({
      same: z.number().int().describe('The same name, type and shape'),
      missing: z.number().int().describe('Only the other has them'),
      extra: z.number().int().describe('Only this one has them'),
      otherShape: z.number().int().describe('The same name, another shape'),
      otherType: z.number().int().describe('The same name and shape, another type'),
    })
    .describe('Tensors of each kind'),
  missing: z.array(z.string()).describe('Names that only the other has; the first of them'),
  extra: z.array(z.string()).describe('Names that only this one has; the first of them'),
  different: z
    .array(
      z.object({
        name: z.string().describe('Name of the tensor'),
        mine: typeAndShape.describe('Here'),
        reference: typeAndShape.describe('In the other'),
      }),
    )
    .describe('Those that differ in shape or type; the first of them'),
});

export type ComparisonOutput = z.infer<typeof comparison>;
