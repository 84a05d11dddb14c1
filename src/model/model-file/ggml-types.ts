/** Element types of ggml: how many elements a block has, and how many bytes. `ggml.c`, `type_traits`; `gguf` in Python, `GGML_QUANT_SIZES`. */

export interface GgmlType {
  readonly name: string;
  /** Elements of a block. */
  readonly block: number;
  /** Bytes of a block. */
  readonly size: number;
}

const plain = (name: string, size: number): GgmlType => ({ name, block: 1, size });
const small = (name: string, size: number): GgmlType => ({ name, block: 32, size });
const large = (name: string, size: number): GgmlType => ({ name, block: 256, size });

/** By number. Those that are missing were removed, or are newer than this table. */
export const ggmlTypes: ReadonlyMap<number, GgmlType> = new Map([
  [0, plain('F32', 4)],
  [1, plain('F16', 2)],
  [2, small('Q4_0', 18)],
  [3, small('Q4_1', 20)],
  [6, small('Q5_0', 22)],
  [7, small('Q5_1', 24)],
  [8, small('Q8_0', 34)],
  [9, small('Q8_1', 40)],
  [10, large('Q2_K', 84)],
  [11, large('Q3_K', 110)],
  [12, large('Q4_K', 144)],
  [13, large('Q5_K', 176)],
  [14, large('Q6_K', 210)],
  [15, large('Q8_K', 292)],
  [16, large('IQ2_XXS', 66)],
  [17, large('IQ2_XS', 74)],
  [18, large('IQ3_XXS', 98)],
  [19, large('IQ1_S', 50)],
  [20, small('IQ4_NL', 18)],
  [21, large('IQ3_S', 110)],
  [22, large('IQ2_S', 82)],
  [23, large('IQ4_XS', 136)],
  [24, plain('I8', 1)],
  [25, plain('I16', 2)],
  [26, plain('I32', 4)],
  [27, plain('I64', 8)],
  [28, plain('F64', 8)],
  [29, large('IQ1_M', 56)],
  [30, plain('BF16', 2)],
  [34, large('TQ1_0', 54)],
  [35, large('TQ2_0', 66)],
  [39, small('MXFP4', 17)],
  [40, { name: 'NVFP4', block: 64, size: 36 }],
  [41, { name: 'Q1_0', block: 128, size: 18 }],
]);

/** `general.file_type`: `enum llama_ftype`. What most of the weights are. */
export const ggufFileTypes: ReadonlyMap<number, string> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [7, 'Q8_0'],
  [8, 'Q5_0'],
  [9, 'Q5_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K_S'],
  [12, 'Q3_K_M'],
  [13, 'Q3_K_L'],
  [14, 'Q4_K_S'],
  [15, 'Q4_K_M'],
  [16, 'Q5_K_S'],
  [17, 'Q5_K_M'],
  [18, 'Q6_K'],
  [19, 'IQ2_XXS'],
  [20, 'IQ2_XS'],
  [21, 'Q2_K_S'],
  [22, 'IQ3_XS'],
  [23, 'IQ3_XXS'],
  [24, 'IQ1_S'],
  [25, 'IQ4_NL'],
  [26, 'IQ3_S'],
  [27, 'IQ3_M'],
  [28, 'IQ2_S'],
  [29, 'IQ2_M'],
  [30, 'IQ4_XS'],
  [31, 'IQ1_M'],
  [32, 'BF16'],
  [36, 'TQ1_0'],
  [37, 'TQ2_0'],
  [38, 'MXFP4_MOE'],
  [39, 'NVFP4'],
  [40, 'Q1_0'],
]);
