/**
 * What the numbers or texts of a tensor mean: a small closed vocabulary, one section for each meaning. What a meaning
 * asks of datatype and shape: ../interface/meanings.ts.
 */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { filePath } from './texts.ts';

/** ImageNet has 1,000 classes, large catalogues tens of thousands; a list of more belongs into a file of its own. */
const MAX_VALUES = 100_000;

const values = (words: string) => z.array(z.string()).min(1).max(MAX_VALUES).optional().describe(words);
const unit = z.string().min(1).optional().describe('Unit of the numbers: `cm`, `EUR`, `°C`.');
const mediaTypes = z
  .array(z.string().regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+$/, 'a media type (image/png)'))
  .min(1)
  .optional()
  .describe('For BYTES: media types of the encoded files that are understood.');
const perChannel = (words: string) => z.array(z.number()).min(1).max(4).optional().describe(words);

const column = section({
  name: z.string().min(1).describe('Name of the column.'),
  unit,
  values: values('For codes: what each one stands for, counted from 0.'),
  description: z.string().optional().describe('What it means.'),
});

const meanings = [
  section({ meaning: z.literal('text').describe('Text in UTF-8.') }),
  section({
    meaning: z.literal('json').describe('A JSON document, as text.'),
    schema: z.looseObject({}).optional().describe('JSON Schema of the document.'),
  }),
  section({ meaning: z.literal('bytes').describe('Bytes that are no text: a file of any kind.'), mediaTypes }),
  section({
    meaning: z.literal('image').describe('A picture: its pixels, or for BYTES an encoded file.'),
    layout: z
      .enum(['NCHW', 'NHWC', 'CHW', 'HWC', 'NHW', 'HW'])
      .optional()
      .describe('Order of the dimensions: batch, channels, height, width.'),
    colour: z.enum(['rgb', 'bgr', 'rgba', 'grey']).optional().describe('What the channels are, in their order.'),
    range: z
      .array(z.number())
      .length(2, 'two numbers')
      .optional()
      .describe('What black and full intensity become before `mean` and `std`: `[0, 1]`, `[0, 255]`.'),
    mean: perChannel('Subtracted from each channel after `range`.'),
    std: perChannel('What each channel is divided by after `mean`.'),
    mediaTypes,
  }),
  section({
    meaning: z.literal('audio').describe('Sound: its samples, or for BYTES an encoded file.'),
    sampleRate: z.number().positive().optional().describe('Samples in a second, in Hz.'),
    channels: z.number().int().positive().optional().describe('How many channels there are.'),
    mediaTypes,
  }),
  section({
    meaning: z.literal('time').describe('A point in time: RFC 3339 text, or a count since 1970-01-01T00:00:00Z.'),
    unit: z.enum(['s', 'ms', 'us', 'ns']).optional().describe('For numbers: what is counted.'),
  }),
  section({
    meaning: z.literal('column').describe('One column of a table, a value for each row.'),
    unit,
    values: values('For codes: what each one stands for, counted from 0.'),
  }),
  section({
    meaning: z.literal('columns').describe('Rows of a table: the last dimension holds these columns.'),
    columns: z.array(column).min(1).max(MAX_VALUES).describe('The columns, in their order.'),
  }),
  section({
    meaning: z.literal('label').describe('The class that was chosen.'),
    values: values('For numbers: the class that each one stands for, counted from 0.'),
  }),
  section({
    meaning: z.literal('probabilities').describe('A probability for each class, in the last dimension.'),
    values: values('The classes, in their order.'),
  }),
  section({
    meaning: z.literal('logits').describe('A score for each class before it is a probability, in the last dimension.'),
    values: values('The classes, in their order.'),
  }),
  section({
    meaning: z.literal('embedding').describe('A point in a space of features, in the last dimension.'),
    metric: z.enum(['cosine', 'dot', 'euclidean']).optional().describe('How two of them are compared.'),
    normalised: z.boolean().optional().describe('Whether each has length 1.'),
  }),
  section({
    meaning: z.literal('tokens').describe('Numbers of tokens.'),
    tokenizer: filePath.optional().describe('The file of the tokenizer that makes them.'),
  }),
  section({ meaning: z.literal('mask').describe('Which elements of another tensor count: 1 yes, 0 no.') }),
] as const;

const names = meanings.map(({ shape }) => shape.meaning.value);

export const semantic = z
  .discriminatedUnion('meaning', meanings, { error: `one of the meanings ${names.join(', ')}` })
  .describe('What its values mean.');

export type Semantic = z.infer<typeof semantic>;
export type Meaning = Semantic['meaning'];
