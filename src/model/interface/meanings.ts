/** What each meaning asks of the datatype and the shape of its tensor: one table. */
import type { Meaning, Semantic } from '../waybill-file/semantics.ts';
import { type Datatype, type Kind, kindOf } from './datatypes.ts';

/** Something in a semantic that contradicts its tensor. */
export interface Disagreement {
  /** Keys below `semantic`. */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

interface TensorForm {
  readonly datatype: Datatype;
  readonly shape: readonly (number | string)[];
}

type Rule<M extends Meaning> = {
  /** Kinds of datatype that can carry it. */
  readonly kinds: readonly Kind[];
  readonly check?: (semantic: Extract<Semantic, { meaning: M }>, tensor: TensorForm) => readonly Disagreement[];
};

const NUMBERS: readonly Kind[] = ['integer', 'float'];

/** Channels that a name of colours stands for. */
const CHANNELS = { rgb: 3, bgr: 3, rgba: 4, grey: 1 } as const;

const meanings: { readonly [M in Meaning]: Rule<M> } = {
  text: { kinds: ['bytes'] },
  json: { kinds: ['bytes'] },
  bytes: { kinds: ['bytes'] },
  image: { kinds: ['integer', 'float', 'bytes'], check: checkImage },
  audio: {
    kinds: ['integer', 'float', 'bytes'],
    check: ({ mediaTypes }, tensor) => checkMediaTypes(mediaTypes, tensor),
  },
  time: {
    kinds: ['integer', 'float', 'bytes'],
    check: ({ unit }, { datatype }) => {
      const isText = kindOf(datatype) === 'bytes';
      if (isText === (unit === undefined)) return [];
      return [{ at: isText ? ['unit'] : [], message: isText ? 'text has no unit' : 'a count needs a unit' }];
    },
  },
  column: { kinds: ['bool', 'integer', 'float', 'bytes'], check: checkCodes },
  columns: {
    kinds: ['bool', 'integer', 'float', 'bytes'],
    check: ({ columns }, { shape }) => {
      const names = columns.map(({ name }) => name);
      const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
      return [
        ...lastOf(shape, columns.length, 'columns'),
        ...(twice < 0
          ? []
          : [
              {
                at: ['columns', twice, 'name'],
                message: `the column ${JSON.stringify(names[twice])} stands there twice`,
              },
            ]),
      ];
    },
  },
  label: { kinds: ['bool', 'integer', 'float', 'bytes'], check: checkCodes },
  probabilities: { kinds: ['float'], check: ({ values }, { shape }) => lastOf(shape, values?.length, 'values') },
  logits: { kinds: NUMBERS, check: ({ values }, { shape }) => lastOf(shape, values?.length, 'values') },
  embedding: { kinds: NUMBERS, check: (_, { shape }) => lastOf(shape, undefined, '') },
  tokens: { kinds: ['integer'] },
  mask: { kinds: ['bool', ...NUMBERS] },
};

/** @returns nothing for a meaning that a newer version has and this table has not */
export function disagreementsOf(semantic: Semantic, tensor: TensorForm): readonly Disagreement[] {
  const rule = (meanings as Readonly<Record<string, Rule<Meaning>>>)[semantic.meaning];
  if (rule === undefined) return [];
  if (!rule.kinds.includes(kindOf(tensor.datatype)))
    return [{ at: ['meaning'], message: `${tensor.datatype} cannot carry ${semantic.meaning}` }];
  // The rule was found under the meaning: its check takes this semantic.
  return rule.check?.(semantic as never, tensor) ?? [];
}

function checkImage(
  { layout, colour, range, mean, std, mediaTypes }: Extract<Semantic, { meaning: 'image' }>,
  tensor: TensorForm,
): readonly Disagreement[] {
  const { datatype, shape } = tensor;
  const found: Disagreement[] = [...checkMediaTypes(mediaTypes, tensor)];
  if (kindOf(datatype) === 'bytes')
    return [
      ...found,
      ...(layout === undefined ? [] : [{ at: ['layout'], message: 'encoded files have no layout; leave it out' }]),
    ];
  if (layout !== undefined && layout.length !== shape.length)
    found.push({ at: ['layout'], message: `${layout} has ${layout.length} dimensions, the shape has ${shape.length}` });
  const stated = layout?.includes('C') ? shape[layout.indexOf('C')] : undefined;
  const channels = typeof stated === 'number' && stated > 0 ? stated : undefined;
  const meant = colour === undefined ? undefined : CHANNELS[colour];
  if (meant !== undefined && channels !== undefined && meant !== channels)
    found.push({ at: ['colour'], message: `${colour} has ${meant} channels, the shape has ${channels}` });
  if (layout !== undefined && !layout.includes('C') && meant !== undefined && meant !== 1)
    found.push({ at: ['colour'], message: `${layout} has no channels, ${colour} has ${meant}` });
  const expected = channels ?? meant;
  for (const [key, list] of [['mean', mean] as const, ['std', std] as const])
    if (list !== undefined && expected !== undefined && list.length !== expected && list.length !== 1)
      found.push({ at: [key], message: `expected a number for each of ${expected} channels, or one for all` });
  if (std?.some((value) => value <= 0)) found.push({ at: ['std'], message: 'a standard deviation is above 0' });
  if (range !== undefined && (range[0] ?? 0) >= (range[1] ?? 0))
    found.push({ at: ['range'], message: 'the first number is not below the second' });
  return found;
}

function checkMediaTypes(mediaTypes: readonly string[] | undefined, { datatype }: TensorForm): readonly Disagreement[] {
  return mediaTypes === undefined || kindOf(datatype) === 'bytes'
    ? []
    : [{ at: ['mediaTypes'], message: `${datatype} holds no encoded files, only BYTES does` }];
}

/** A list of what codes stand for is for codes. */
function checkCodes({ values }: { readonly values?: readonly string[] | undefined }, { datatype }: TensorForm) {
  if (values === undefined || kindOf(datatype) === 'integer') return [];
  const advice = kindOf(datatype) === 'bytes' ? 'for text, list it as enum' : 'only whole numbers are codes';
  return [{ at: ['values'], message: `${datatype} has no codes: ${advice}` }];
}

/** The last dimension has as many elements as are listed. */
function lastOf(shape: readonly (number | string)[], length: number | undefined, key: string): readonly Disagreement[] {
  const last = shape.at(-1);
  if (last === undefined) return [{ at: ['meaning'], message: 'a single value has no last dimension' }];
  if (length === undefined || typeof last === 'string' || last === -1 || last === length) return [];
  return [{ at: [key], message: `there are ${length}, the last dimension of the shape is ${last}` }];
}
