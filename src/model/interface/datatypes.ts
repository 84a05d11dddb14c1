/** Datatypes of the Open Inference Protocol v2, "Tensor Data Types", with the numbers that each can hold. */

export const datatypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BF16',
  'BYTES',
] as const;

export type Datatype = (typeof datatypes)[number];

export type Kind = 'bool' | 'integer' | 'float' | 'bytes';

/** Largest finite numbers, IEEE 754 and bfloat16. */
const FLOATS: Readonly<Record<string, number>> = {
  FP16: 65504,
  FP32: (2 - 2 ** -23) * 2 ** 127,
  FP64: Number.MAX_VALUE,
  BF16: (2 - 2 ** -7) * 2 ** 127,
};

export function kindOf(datatype: Datatype): Kind {
  if (datatype === 'BOOL') return 'bool';
  if (datatype === 'BYTES') return 'bytes';
  return datatype in FLOATS ? 'float' : 'integer';
}

/** The smallest and the largest whole number of a datatype; undefined for one that holds no whole numbers alone. */
export function integerRange(datatype: Datatype): { readonly low: bigint; readonly high: bigint } | undefined {
  const [, sign, width] = /^(U?)INT(\d+)$/.exec(datatype) ?? [];
  if (width === undefined) return undefined;
  const bits = BigInt(width);
  return sign === 'U'
    ? { low: 0n, high: 2n ** bits - 1n }
    : { low: -(2n ** (bits - 1n)), high: 2n ** (bits - 1n) - 1n };
}

/** The largest finite number of a floating-point datatype. */
export function largestFloat(datatype: Datatype): number | undefined {
  return FLOATS[datatype];
}

/**
 * What keeps a value from being one of a datatype.
 * @param value as JSON or YAML has it; whole numbers beyond 2^53 as bigint
 * @returns words that go behind the value, or undefined when it is one
 */
export function refusalOfValue(datatype: Datatype, value: unknown): string | undefined {
  const kind = kindOf(datatype);
  if (kind === 'bool') return typeof value === 'boolean' ? undefined : 'is not true or false';
  if (kind === 'bytes') return typeof value === 'string' ? undefined : 'is not text';
  if (typeof value !== 'number' && typeof value !== 'bigint') return 'is not a number';
  if (kind === 'float') {
    const largest = largestFloat(datatype) ?? Number.MAX_VALUE;
    return Math.abs(Number(value)) <= largest ? undefined : `is beyond what ${datatype} holds`;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return 'is not a whole number';
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    return 'is beyond 2^53, where numbers here are not exact';
  const { low, high } = integerRange(datatype) ?? { low: 0n, high: 0n };
  return BigInt(value) >= low && BigInt(value) <= high
    ? undefined
    : `is beyond what ${datatype} holds (${low} to ${high})`;
}
