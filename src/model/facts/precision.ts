/** Names of element types in other people's words: ModelPack's precision, the Open Inference Protocol's datatypes. */

import { dtypeShares } from '../model-file/tensor.ts';
import type { SetTensor } from '../model-set/model-set.ts';

/** CNCF ModelPack 0.0.7, docs/config.md, table of `precision`. */
const PRECISIONS: Readonly<Record<string, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  I4: 'int4',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  U4: 'uint4',
  C64: 'complex64',
  C128: 'complex128',
  BOOL: 'bool',
};

/** Open Inference Protocol, "Tensor Data Types". */
const DATATYPES: Readonly<Record<string, string>> = {
  BOOL: 'BOOL',
  U8: 'UINT8',
  U16: 'UINT16',
  U32: 'UINT32',
  U64: 'UINT64',
  I8: 'INT8',
  I16: 'INT16',
  I32: 'INT32',
  I64: 'INT64',
  F16: 'FP16',
  F32: 'FP32',
  F64: 'FP64',
  BF16: 'BF16',
  STRING: 'BYTES',
};

/** By their share of the parameters, the largest first; undefined where an element type is none of plain numbers. */
export function precisionsOf(tensors: readonly SetTensor[]): readonly string[] | undefined {
  const shares = [...dtypeShares(tensors)].toSorted(([, a], [, b]) => (a.parameters < b.parameters ? 1 : -1));
  const names = shares.map(([dtype]) => PRECISIONS[dtype]);
  return names.length === 0 || names.includes(undefined) ? undefined : (names as string[]);
}

/** The datatype of the protocol, or undefined for what it cannot carry. */
export function datatypeOf(dtype: string): string | undefined {
  return DATATYPES[dtype];
}
