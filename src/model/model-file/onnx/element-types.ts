/** Element types of ONNX, by the numbers of `TensorProto.DataType`, with the names that all formats share. */

/** In which fields a tensor may keep its values, besides `raw_data`. */
type TypedField = 'float_data' | 'int32_data' | 'int64_data' | 'uint64_data' | 'double_data' | 'string_data';

export interface ElementType {
  readonly dtype: string;
  /** Of an element in `raw_data`; 0 for text, which cannot be there. */
  readonly bits: number;
  readonly field: TypedField;
  /** Values of `field` for an element: two for a complex one. */
  readonly values: number;
}

const type = (dtype: string, bits: number, field: TypedField, values = 1): ElementType => ({
  dtype,
  bits,
  field,
  values,
});

export const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, type('F32', 32, 'float_data')],
  [2, type('U8', 8, 'int32_data')],
  [3, type('I8', 8, 'int32_data')],
  [4, type('U16', 16, 'int32_data')],
  [5, type('I16', 16, 'int32_data')],
  [6, type('I32', 32, 'int32_data')],
  [7, type('I64', 64, 'int64_data')],
  [8, type('STRING', 0, 'string_data')],
  [9, type('BOOL', 8, 'int32_data')],
  [10, type('F16', 16, 'int32_data')],
  [11, type('F64', 64, 'double_data')],
  [12, type('U32', 32, 'uint64_data')],
  [13, type('U64', 64, 'uint64_data')],
  [14, type('C64', 64, 'float_data', 2)],
  [15, type('C128', 128, 'double_data', 2)],
  [16, type('BF16', 16, 'int32_data')],
  [17, type('F8_E4M3', 8, 'int32_data')],
  [18, type('F8_E4M3FNUZ', 8, 'int32_data')],
  [19, type('F8_E5M2', 8, 'int32_data')],
  [20, type('F8_E5M2FNUZ', 8, 'int32_data')],
  // Two or four of them share a value.
  [21, type('U4', 4, 'int32_data', 1 / 2)],
  [22, type('I4', 4, 'int32_data', 1 / 2)],
  [23, type('F4', 4, 'int32_data', 1 / 2)],
  [24, type('F8_E8M0', 8, 'int32_data')],
  [25, type('U2', 2, 'int32_data', 1 / 4)],
  [26, type('I2', 2, 'int32_data', 1 / 4)],
  [27, type('F6_E2M3', 6, 'int32_data')],
  [28, type('F6_E3M2', 6, 'int32_data')],
]);
