/** Element types of TFLite, by the numbers of `TensorType` in `schema.fbs`, with the names that all formats share. */

export interface ElementType {
  readonly dtype: string;
  /** Of an element; 0 where shape and size say nothing of each other. */
  readonly bits: number;
}

const type = (dtype: string, bits: number): ElementType => ({ dtype, bits });

export const elementTypes: readonly ElementType[] = [
  type('F32', 32),
  type('F16', 16),
  type('I32', 32),
  type('U8', 8),
  type('I64', 64),
  type('STRING', 0),
  type('BOOL', 8),
  type('I16', 16),
  type('C64', 64),
  type('I8', 8),
  type('F64', 64),
  type('C128', 128),
  type('U64', 64),
  type('RESOURCE', 0),
  type('VARIANT', 0),
  type('U32', 32),
  type('U16', 16),
  type('I4', 4),
  type('BF16', 16),
];
