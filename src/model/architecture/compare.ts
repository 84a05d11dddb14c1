/** Compares the layouts of two models: which tensors one has and the other lacks, and which are different. */
import { type LayoutTensor, sortLayout } from './layout.ts';

/**
 * `exact`: the same names, element types and shapes. `shape-compatible`: the same names and shapes. `subset`: mine lacks
 * tensors of the reference, the others have the same shapes; `superset`: the other way round. `mismatch`: none of these.
 * `unknown`: of one of them no tensors could be read.
 */
export const layoutVerdicts = ['exact', 'shape-compatible', 'subset', 'superset', 'mismatch', 'unknown'] as const;
export type LayoutVerdict = (typeof layoutVerdicts)[number];

interface TypeAndShape {
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface LayoutDifference {
  readonly name: string;
  readonly mine: TypeAndShape;
  readonly reference: TypeAndShape;
}

export interface LayoutComparison {
  readonly verdict: LayoutVerdict;
  /** Names of tensors that only the reference has; the first of them. */
  readonly missing: readonly string[];
  /** Names of tensors that only mine has; the first of them. */
  readonly extra: readonly string[];
  /** The first of those that differ in type or shape; other shapes come first. */
  readonly different: readonly LayoutDifference[];
  /** How many there are, listed or not. */
  readonly counts: {
    readonly same: number;
    readonly missing: number;
    readonly extra: number;
    readonly otherShape: number;
    /** Of the same shape. */
    readonly otherType: number;
  };
}

/** As many of each kind as somebody reads. */
const LISTED = 100;

/**
 * @param mine undefined where its tensors could not be read, as with `reference`; none at all are as good as none read
 * @throws WaybillError FORMAT_INVALID for two tensors of one name
 */
export function compareLayouts(
  mine: readonly LayoutTensor[] | undefined,
  reference: readonly LayoutTensor[] | undefined,
): LayoutComparison {
  if (!mine?.length || !reference?.length) return undecided;
  const extra: string[] = [];
  const otherShape: LayoutDifference[] = [];
  const otherType: LayoutDifference[] = [];
  let same = 0;
  const references = new Map(sortLayout(reference).map((tensor) => [tensor.name, tensor]));
  for (const tensor of sortLayout(mine)) {
    const other = references.get(tensor.name);
    references.delete(tensor.name);
    if (other === undefined) extra.push(tensor.name);
    else if (!isSameShape(tensor, other)) otherShape.push(differenceOf(tensor, other));
    else if (tensor.dtype !== other.dtype) otherType.push(differenceOf(tensor, other));
    else same += 1;
  }
  const missing = [...references.keys()];
  const counts = {
    same,
    missing: missing.length,
    extra: extra.length,
    otherShape: otherShape.length,
    otherType: otherType.length,
  };
  return {
    verdict: verdictOf(counts),
    missing: missing.slice(0, LISTED),
    extra: extra.slice(0, LISTED),
    different: [...otherShape, ...otherType].slice(0, LISTED),
    counts,
  };
}

const undecided: LayoutComparison = {
  verdict: 'unknown',
  missing: [],
  extra: [],
  different: [],
  counts: { same: 0, missing: 0, extra: 0, otherShape: 0, otherType: 0 },
};

function verdictOf({ same, missing, extra, otherShape, otherType }: LayoutComparison['counts']): LayoutVerdict {
  if (otherShape > 0 || (missing > 0 && extra > 0) || same + otherType === 0) return 'mismatch';
  if (missing > 0) return 'subset';
  if (extra > 0) return 'superset';
  return otherType > 0 ? 'shape-compatible' : 'exact';
}

function isSameShape(a: LayoutTensor, b: LayoutTensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((length, index) => length === b.shape[index]);
}

function differenceOf(mine: LayoutTensor, reference: LayoutTensor): LayoutDifference {
  return {
    name: mine.name,
    mine: { dtype: mine.dtype, shape: mine.shape },
    reference: { dtype: reference.dtype, shape: reference.shape },
  };
}
