/** TFLite models made by hand, by the numbers of the fields in `schema.fbs`. */
import { type FlatTable, flatBufferOf } from './flat-buffers.ts';

export interface TensorParts {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of `TensorType`: 0 is F32. */
  readonly type?: number;
  readonly buffer?: number;
  readonly more?: FlatTable;
}

export interface TfliteParts {
  readonly version?: number;
  /** Bytes of buffers; the first is empty in every model. */
  readonly buffers?: readonly FlatTable[];
  readonly tensors?: readonly TensorParts[];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly operators?: readonly FlatTable[];
  readonly codes?: readonly FlatTable[];
  readonly subgraphs?: readonly FlatTable[];
  readonly more?: FlatTable;
}

export const bytesIn = (size: number): FlatTable => ({ 0: { bytes: Buffer.alloc(size, 7) } });

export function tensorOf({ name, shape, type = 0, buffer = 0, more = {} }: TensorParts): FlatTable {
  return { 0: { ints: shape }, 1: { int8: type }, 2: { uint32: buffer }, 3: { text: name }, ...more };
}

export function graphOf(
  { tensors = [], inputs = [0], outputs = [1], operators }: TfliteParts,
  name = 'main',
): FlatTable {
  const used = operators ?? [
    { 0: { uint32: 0 }, 1: { ints: [0, 2, -1] }, 2: { ints: [1] }, 4: { table: { 0: { int8: 1 } } } },
  ];
  return {
    0: { tables: tensors.map(tensorOf) },
    1: { ints: inputs },
    2: { ints: outputs },
    3: { tables: used },
    4: { text: name },
  };
}

/** A model that adds its weights to what goes in; what is given is put in the place of that. */
export function tfliteOf(parts: TfliteParts = {}): Buffer {
  const tensors = parts.tensors ?? [
    { name: 'x', shape: [1, 4], more: { 7: { ints: [-1, 4] } } },
    { name: 'y', shape: [1, 4] },
    { name: 'weight', shape: [2, 4], buffer: 1 },
  ];
  return flatBufferOf('TFL3', {
    0: { uint32: parts.version ?? 3 },
    1: { tables: parts.codes ?? [{ 0: { int8: 0 }, 3: { int32: 0 } }] },
    2: { tables: parts.subgraphs ?? [graphOf({ ...parts, tensors })] },
    3: { text: 'made by hand' },
    4: { tables: [{}, ...(parts.buffers ?? [bytesIn(32)])] },
    ...parts.more,
  });
}

const CUSTOM = { 0: { int8: 32 }, 1: { text: 'Fancy' }, 3: { int32: 32 } };
const QUANTISED = {
  4: { table: { 2: { bytes: Buffer.alloc(8), count: 2 }, 3: { bytes: Buffer.alloc(16), count: 2 } } },
};
/** Tables of all kinds. */
export const FULL_TFLITE: TfliteParts = {
  codes: [{ 0: { int8: 9 }, 3: { int32: 9 } }, CUSTOM],
  tensors: [
    { name: 'x', shape: [1, 4], more: { 7: { ints: [-1, 4] } } },
    { name: 'y', shape: [1, 4], type: 9 },
    { name: 'weight', shape: [2, 4], type: 9, buffer: 1, more: QUANTISED },
    { name: 'shared', shape: [8], type: 9, buffer: 1 },
    { name: 'half', shape: [3], type: 17, buffer: 2 },
    { name: 'words', shape: [1], type: 5, buffer: 3 },
  ],
  operators: [
    {
      0: { uint32: 0 },
      1: { ints: [0, 2, -1] },
      2: { ints: [1] },
      3: { int8: 17 },
      4: { table: { 0: { ints: [2, 2] } } },
    },
    { 3: { int8: 111 }, 4: { table: { 0: { text: 'shelf' }, 1: { text: 'variable' } } } },
    { 0: { uint32: 1 }, 1: { ints: [0] }, 2: { ints: [1] }, 5: { bytes: Buffer.from('settings') } },
  ],
  buffers: [bytesIn(8), bytesIn(2), bytesIn(13), { 0: { bytes: Buffer.from('1.14.0\0\0') } }],
  more: {
    6: { tables: [{ 0: { text: 'min_runtime_version' }, 1: { uint32: 4 } }] },
    7: {
      tables: [
        {
          0: { tables: [{ 0: { text: 'image' }, 1: { uint32: 0 } }] },
          1: { tables: [{ 0: { text: 'label' }, 1: { uint32: 1 } }] },
          2: { text: 'serving_default' },
        },
      ],
    },
  },
};
