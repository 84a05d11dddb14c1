/** Tensors that repeat from layer to layer, gathered: thousands of them are a few lines. */
import type { Tensor } from './tensor.ts';

export interface Repeated {
  /** With `*` in place of numbers that differ. */
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of all of them. */
  readonly size: number;
}

/** A number that is a part of a name by itself. */
const NUMBER = /(?<=^|[._/[])\d+(?=$|[._/\]])/g;

interface Group {
  readonly first: Tensor;
  readonly pattern: string;
  count: number;
  size: number;
}

/** In the order in which the first of each comes. Tensors whose dtype or shape differs are not the same. */
export function repeatedOf(tensors: readonly Tensor[]): readonly Repeated[] {
  const groups = new Map<string, Group>();
  for (const tensor of tensors) {
    const pattern = tensor.name.replace(NUMBER, '*');
    const key = `${pattern} ${tensor.dtype} ${tensor.shape.join()}`;
    const size = tensor.end - tensor.start;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: tensor, pattern, count: 1, size });
    else {
      group.count += 1;
      group.size += size;
    }
  }
  return [...groups.values()].map(({ first: { name, dtype, shape }, pattern, count, size }) => {
    return { name: count === 1 ? name : pattern, dtype, shape, count, size };
  });
}
