/** Tensors as all formats have them, with the names of their element types: those of safetensors, where it has one. */

export interface Tensor {
  readonly name: string;
  readonly dtype: string;
  /** Row-major, outermost first. */
  readonly shape: readonly number[];
  /** Where its bytes lie in the file; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The file beside it in which those bytes lie, when that is another: a path relative to its folder. */
  readonly file?: string;
  /** SHA-1 that the file states of them. */
  readonly checksum?: string;
  /** Whether they are compressed there: their number says nothing of the shape then. */
  readonly isCompressed?: boolean;
}

/** What the tensors of one element type are together. */
export interface DtypeShare {
  readonly tensors: number;
  readonly parameters: bigint;
  /** Bytes. */
  readonly size: number;
}

/** How many elements a tensor has. */
export function elementsOf({ shape }: Pick<Tensor, 'shape'>): bigint {
  const product = shape.reduce((length, next) => length * next, 1);
  // Exact, as long as no step was above 2^53: a zero would hide that.
  if (Number.isSafeInteger(product) && product > 0) return BigInt(product);
  return shape.reduce((product, length) => product * BigInt(length), 1n);
}

/** By element type, in the order in which they come. */
export function dtypeShares(tensors: readonly Tensor[]): ReadonlyMap<string, DtypeShare> {
  const shares = new Map<string, { tensors: number; parameters: bigint; size: number }>();
  for (const tensor of tensors) {
    let share = shares.get(tensor.dtype);
    if (share === undefined) {
      share = { tensors: 0, parameters: 0n, size: 0 };
      shares.set(tensor.dtype, share);
    }
    share.tensors += 1;
    share.parameters += elementsOf(tensor);
    share.size += tensor.end - tensor.start;
  }
  return shares;
}
