/** The sections of waybill.yaml, version 1, but for its first lines and the components. */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { digestText, filePath, licence } from './texts.ts';

export const owner = section({
  team: z.string().min(1).optional().describe('Who answers for the model.'),
  contact: z.string().min(1).optional().describe('Where to reach them: an address or a URL.'),
}).describe('Who answers for the package.');

export const licenses = section({
  weights: licence.optional().describe('Licence of the weights.'),
  code: licence.optional().describe('Licence of the code.'),
  data: licence.optional().describe('Licence of the data.'),
  docs: licence.optional().describe('Licence of the documentation.'),
}).describe('SPDX licence expressions, one for each kind of content.');

const baseModel = section({
  ref: z.string().min(1).describe('Reference or name of the base model.'),
  digest: digestText.optional().describe('Digest of its manifest.'),
  relation: z
    .enum(['finetune', 'adapter', 'merge', 'quantized', 'distilled'])
    .optional()
    .describe('How this model came from it.'),
});

export const model = section({
  task: z
    .string()
    .min(1)
    .optional()
    .describe('What the model is for, in the words of the model hubs: `image-classification`.'),
  architecture: z
    .string()
    .min(1)
    .optional()
    .describe('Architecture: `mlp`, `transformer`. Becomes `config.architecture`.'),
  family: z.string().min(1).optional().describe('Family of models: `llama3`. Becomes `descriptor.family`.'),
  format: z
    .string()
    .min(1)
    .optional()
    .describe('Format of the weights: `onnx`, `safetensors`, `gguf`. Becomes `config.format`.'),
  parameters: z
    .string()
    .regex(/^[0-9]+(?:\.[0-9]+)?[KMBTQ]?$/i, 'a count with K, M, B, T or Q behind it (4810, 7B, 1.5B)')
    .optional()
    .describe('Number of parameters. Becomes `config.paramSize`.'),
  precision: z.string().min(1).optional().describe('Precision of the weights: `float32`. Becomes `config.precision`.'),
  quantization: z.string().min(1).optional().describe('Quantisation: `awq`, `Q4_K_M`. Becomes `config.quantization`.'),
  contextLength: z.number().int().positive().optional().describe('Tokens that the model can see at once.'),
  tokenizer: section({
    kind: z.string().min(1).describe('Kind of tokenizer, as its library calls it: `BPE`, `Unigram`, `WordPiece`.'),
    vocabulary: z.number().int().positive().optional().describe('Tokens, with those that were added.'),
  })
    .optional()
    .describe('How text becomes tokens.'),
  chatTemplate: digestText.optional().describe('Digest of the text of the chat template.'),
  layoutDigest: digestText
    .optional()
    .describe(
      'Digest of the names, types and shapes of all tensors, as `waybill inspect` shows it: pins the architecture.',
    ),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'a language of two letters (ISO 639-1)'))
    .optional()
    .describe('Languages the model speaks. Becomes `config.capabilities.languages`.'),
  baseModels: z.array(baseModel).optional().describe('What the model was made from.'),
  caveats: z
    .array(
      section({
        rule: z.string().min(1).describe('Id of the finding that is so on purpose: `model-layers`.'),
        reason: z.string().min(1).describe('Why it is so.'),
      }),
    )
    .optional()
    .describe('What does not fit together on purpose; it is told wherever the model is looked at.'),
}).describe('What the model is.');

export const runtime = section({
  engine: z.literal('onnx').optional().describe('The engine that runs the model file.'),
  python: section({
    entry: z
      .string()
      .regex(/^[^:]+\.py:[A-Za-z_]\w*$/, 'a file and a class (inference/predict.py:Predictor)')
      .describe('File and class of the predictor.'),
  })
    .optional()
    .describe('A predictor written in Python, in place of `engine`.'),
  model: filePath.optional().describe('The file that the engine loads.'),
  batch: section({
    max: z.number().int().min(1).optional().describe('Largest number of requests in one batch.'),
    delayMs: z.number().min(0).optional().describe('How long a batch may wait for more, in milliseconds.'),
  })
    .optional()
    .describe('How requests are batched.'),
})
  .refine((value) => (value.engine === undefined) !== (value.python === undefined), 'either engine or python')
  .meta({ description: 'What runs the model.', oneOf: [{ required: ['engine'] }, { required: ['python'] }] });

export const secret = section({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'a name as environment variables have')
    .describe('Name of the secret.'),
  required: z.boolean().optional().describe('Whether the model cannot run without it.'),
  description: z.string().optional().describe('What it is for.'),
});

export const documentation = section({
  card: filePath.optional().describe('What only a person can say about the model.'),
  evaluation: section({
    datasets: z.array(filePath).optional().describe('Data the model was evaluated on.'),
    scripts: z.array(filePath).optional().describe('Scripts that evaluate it.'),
  })
    .optional()
    .describe('How the model was evaluated.'),
}).describe('Documents about the model.');

export const provenance = section({
  runs: z.array(filePath).optional().describe('Records of the runs that made the model.'),
  datasets: z.array(filePath).optional().describe('Records of the data sets (Croissant).'),
  rationale: z.string().optional().describe('Why this model.'),
}).describe('Where the model came from.');

export const lifecycle = section({
  supportUntil: z.iso.date('a date (2027-12-31)').optional().describe('Last day on which the model is supported.'),
  refreshEvery: z
    .string()
    .regex(/^[1-9][0-9]*[dwmy]$/, 'a number of days, weeks, months or years (90d)')
    .optional()
    .describe('How often the model is to be trained again.'),
  fallback: z.string().min(1).nullable().optional().describe('What to use in its place, or null.'),
}).describe('How long the model is looked after.');
