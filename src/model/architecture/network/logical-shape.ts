/**
 * Shapes of weights as they were before they were stored in a few bits each. GPTQ and AWQ keep `qweight` with numbers
 * of 32 bits that hold several weights; of other packed forms only the name is known.
 */
import type { LayoutTensor } from '../layout.ts';
import type { ArchitectureRecord } from '../record/record.ts';

export interface LogicalTensor {
  /** Of the tensor that holds it. */
  readonly stored: string;
  /** Undefined where it cannot be told. */
  readonly shape: readonly number[] | undefined;
}

/** Tensors that only belong to the packed form of another. */
const AUXILIARY =
  /\.(?:qzeros|scales|g_idx|SCB|weight_format|weight_scale(?:_inv|_2)?|input_scale|output_scale|weight_zero_point|weight_g_idx|weight_shape|weight_global_scale|input_global_scale|activation_scale|biases|[kqv]_scale|weight\.(?:absmax|quant_map|nested_absmax|nested_quant_map|quant_state\.\w+))$/;

/** Types of which an element is a number, and not several. */
const PLAIN = /^(?:F64|F32|F16|BF16|F8_E\w+|I8)$/;

/** By the name that the weight had; those that belong to others are left out. */
export function logicalTensors(
  tensors: readonly LayoutTensor[],
  { form, quantisation }: Pick<ArchitectureRecord, 'form' | 'quantisation'>,
): ReadonlyMap<string, LogicalTensor> {
  const found = new Map<string, LogicalTensor>();
  for (const tensor of tensors) {
    if (form === 'gguf') {
      found.set(tensor.name, { stored: tensor.name, shape: tensor.shape });
      continue;
    }
    if (AUXILIARY.test(tensor.name)) continue;
    const name = tensor.name.replace(/\.(?:qweight|weight_packed)$/, '.weight');
    const shape = name === tensor.name ? plainShape(tensor) : unpackedShape(tensor, quantisation);
    found.set(name, { stored: tensor.name, shape });
  }
  return found;
}

/** Whether a module has no weight by its name but other tensors: so it is stored in a form that is not known. */
export function isInAnotherForm(part: string, names: ReadonlyMap<string, unknown>): boolean {
  if (names.has(part)) return false;
  const module = part.replace(/weight$/, '');
  for (const name of names.keys()) if (name.startsWith(module) && !name.endsWith('.bias')) return true;
  return false;
}

/** Blocks of a scale each keep the shape of the weight. */
function plainShape({ dtype, shape }: LayoutTensor): readonly number[] | undefined {
  return PLAIN.test(dtype) ? shape : undefined;
}

/** GPTQ packs along the inputs, AWQ along the outputs; both turn the weight round. */
function unpackedShape(
  { name, dtype, shape: [rows = 0, columns = 0, ...more] }: LayoutTensor,
  quantisation: ArchitectureRecord['quantisation'],
): readonly number[] | undefined {
  const { method, bits, variant } = quantisation ?? {};
  if (
    !name.endsWith('.qweight') ||
    dtype !== 'I32' ||
    more.length > 0 ||
    bits === undefined ||
    ![2, 4, 8].includes(bits)
  )
    return undefined;
  const each = 32 / bits;
  if (method === 'gptq' && (variant === undefined || variant.startsWith('gptq'))) return [columns, rows * each];
  if (method === 'awq' && (variant === undefined || variant === 'gemm')) return [columns * each, rows];
  return undefined;
}
