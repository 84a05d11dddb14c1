/** `quantization_config` of `config.json`: in which form a program stored the weights, in a few bits each. */
import type { Fields } from '../json/fields.ts';

export interface QuantizationConfig {
  /** `gptq`, `awq`, `bitsandbytes`, `fp8`, `compressed-tensors`, …: the file's word. */
  readonly method: string;
  readonly bits?: number;
  /** Weights that share a scale; absent where a whole column does. */
  readonly groupSize?: number;
  /** The layout of its tensors, where a method has several: `gemm`, `gptq_v2`, `marlin`, `nf4`, … */
  readonly variant?: string;
  /** Modules that are as they were. */
  readonly excluded: readonly string[];
}

export function readQuantization(fields: Fields): QuantizationConfig | undefined {
  const inner = fields.inner('quantization_config');
  if (inner === undefined) return undefined;
  const method = inner.text('quant_method') ?? (inner.has('load_in_4bit') ? 'bitsandbytes' : undefined);
  if (method === undefined) return undefined;
  // With rules for single modules, the whole has no one number of bits.
  const isMixed = ['dynamic', 'extra_config', 'layer_config', 'config_groups'].some((key) => inner.has(key));
  const bits = isMixed ? undefined : bitsOf(inner);
  const group = inner.number('group_size') ?? inner.number('q_group_size');
  const variant = ['checkpoint_format', 'version', 'bnb_4bit_quant_type', 'fmt', 'format', 'packing_format']
    .map((key) => (typeof inner.raw(key) === 'string' ? inner.text(key) : undefined))
    .find((text) => text !== undefined);
  const excluded = ['modules_to_not_convert', 'llm_int8_skip_modules', 'ignored_layers', 'ignore'];
  return {
    method: method.toLowerCase(),
    ...(bits === undefined ? {} : { bits }),
    ...(group !== undefined && group > 0 && Number.isSafeInteger(group) ? { groupSize: group } : {}),
    ...(variant === undefined ? {} : { variant: variant.toLowerCase() }),
    excluded: excluded.flatMap((key) => inner.texts(key) ?? []),
  };
}

function bitsOf(inner: Fields): number | undefined {
  if (inner.raw('load_in_4bit') === true || inner.raw('_load_in_4bit') === true) return 4;
  if (inner.raw('load_in_8bit') === true || inner.raw('_load_in_8bit') === true) return 8;
  const key = ['bits', 'w_bit', 'weight_bits'].find((each) => inner.has(each));
  return key === undefined ? undefined : inner.count(key);
}
