/** NumPy dtypes of MLflow's TensorSpec, by their names, and the tensors that hold the same. */
import type { Semantic } from '../../waybill-file/semantics.ts';
import type { Datatype } from '../datatypes.ts';

export interface Content {
  readonly datatype: Datatype;
  readonly semantic?: Semantic | undefined;
}

/** The first dtype of a datatype is the one that is written. */
const DTYPES: readonly (readonly [string, Datatype])[] = [
  ['bool', 'BOOL'],
  ['int8', 'INT8'],
  ['int16', 'INT16'],
  ['int32', 'INT32'],
  ['int64', 'INT64'],
  ['uint8', 'UINT8'],
  ['uint16', 'UINT16'],
  ['uint32', 'UINT32'],
  ['uint64', 'UINT64'],
  ['float16', 'FP16'],
  ['float32', 'FP32'],
  ['float64', 'FP64'],
  ['str', 'BYTES'],
  ['object', 'BYTES'],
];

/** @returns undefined for a dtype that the protocol cannot carry, as complex64 */
export function contentOfDtype(dtype: string): Content | undefined {
  if (dtype === 'bytes') return { datatype: 'BYTES', semantic: { meaning: 'bytes' } };
  const unit = (['s', 'ms', 'us', 'ns'] as const).find((unit) => dtype === `datetime64[${unit}]`);
  if (unit !== undefined) return { datatype: 'INT64', semantic: { meaning: 'time', unit } };
  const datatype = DTYPES.find(([name]) => name === dtype)?.[1];
  return datatype === undefined ? undefined : { datatype };
}

/** @returns undefined for BF16, which NumPy does not have */
export function dtypeOfContent({ datatype, semantic }: Content): string | undefined {
  if (datatype === 'BYTES' && semantic?.meaning === 'bytes') return 'bytes';
  if (datatype === 'INT64' && semantic?.meaning === 'time' && semantic.unit !== undefined)
    return `datetime64[${semantic.unit}]`;
  return DTYPES.find(([, known]) => known === datatype)?.[0];
}
