/** Names that other libraries have for the element types that all our formats share. */

const NAMES: Readonly<Record<string, string>> = {
  // NumPy
  bool: 'BOOL',
  int8: 'I8',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  float16: 'F16',
  float32: 'F32',
  float64: 'F64',
  '>f8': 'F64',
  complex64: 'C64',
  'datetime64[s]': '<M8[s]',
  // ONNX
  FLOAT: 'F32',
  UINT8: 'U8',
  INT8: 'I8',
  UINT16: 'U16',
  INT16: 'I16',
  INT32: 'I32',
  INT64: 'I64',
  FLOAT16: 'F16',
  DOUBLE: 'F64',
  UINT32: 'U32',
  UINT64: 'U64',
  BFLOAT16: 'BF16',
  FLOAT8E5M2: 'F8_E5M2',
  UINT4: 'U4',
  INT4: 'I4',
};

export function ourDtype(name: string): string {
  return NAMES[name] ?? name;
}
