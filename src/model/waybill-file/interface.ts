/** The section `interface` of waybill.yaml: tensors of the Open Inference Protocol v2, what they mean, and examples. */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { datatypes } from '../interface/datatypes.ts';
import { semantic } from './semantics.ts';
import { filePath } from './texts.ts';

const dimension = z.union([z.number().int().min(-1), z.string().regex(/^[A-Za-z_]\w*$/, 'a name')]);

const tensor = {
  name: z.string().min(1).describe('Name of the tensor.'),
  datatype: z.enum(datatypes).describe('Datatype of the Open Inference Protocol.'),
  shape: z
    .array(dimension)
    .describe(
      'Dimensions; -1 for one that varies, a name for one that varies and is the same wherever the name stands.',
    ),
  description: z.string().optional().describe('What it is.'),
  minimum: z.number().optional().describe('Smallest value that is accepted.'),
  maximum: z.number().optional().describe('Largest value that is accepted.'),
  nan: z
    .enum(['reject', 'accept'])
    .optional()
    .describe('What happens to a request with a NaN; only for floating-point numbers.'),
  enum: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('The values that may occur.'),
  semantic: semantic.optional(),
};

const input = section({
  ...tensor,
  required: z.boolean().optional().describe('false for one that may be left out (default: true).'),
});

const output = section(tensor);

const example = section({
  request: filePath.describe('A file with a request of the Open Inference Protocol.'),
  response: filePath.optional().describe('A file with the response to it.'),
  tolerance: section({
    relative: z.number().min(0).optional().describe('Relative difference that is still equal.'),
    absolute: z.number().min(0).optional().describe('Absolute difference that is still equal.'),
  })
    .optional()
    .describe('How far numbers may differ.'),
});

export const modelInterface = section({
  inputs: z.array(input).describe('Tensors of a request.'),
  outputs: z.array(output).describe('Tensors of a response.'),
  parameters: z.looseObject({}).optional().describe('JSON Schema of the request parameters.'),
  examples: z.array(example).optional().describe('Requests with the responses to expect.'),
}).describe('What goes in and comes out, in names and datatypes of the Open Inference Protocol.');

export type ModelInterface = z.infer<typeof modelInterface>;
export type InputTensor = ModelInterface['inputs'][number];
export type OutputTensor = ModelInterface['outputs'][number];
