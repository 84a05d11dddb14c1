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

/** In the order in which the first of each comes. Tensors whose dtype or shape differs are not the same. */
export function repeatedOf(tensors: readonly Tensor[]): readonly Repeated[] {
  const groups = Map.groupBy(tensors, ({ name, dtype, shape }) => `${name.replace(NUMBER, '*')} ${dtype} ${shape}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { name, dtype, shape } = first;
    const size = group.reduce((sum, { start, end }) => sum + end - start, 0);
    return [{ name: group.length === 1 ? name : name.replace(NUMBER, '*'), dtype, shape, count: group.length, size }];
  });
}
