/** The lengths of tensors that follow from the sizes of a network. */
import type { ArchitectureRecord } from '../record/record.ts';
import type { Family, Length } from './family.ts';

export type Dimensions = Readonly<Partial<Record<Length, number>>>;

/** Those that can be told; the others are missing. */
export function dimensionsOf(record: ArchitectureRecord, family: Family): Dimensions {
  const { hiddenSize: hidden, heads, modelType = '' } = record;
  const head = headDimOf(record, family);
  const kvHeads = record.kvHeads ?? (family.ungrouped?.includes(modelType) === true ? heads : undefined);
  const inner = record.intermediateSize ?? (family.fourfold === true ? times(4, hidden) : undefined);
  const expertInner = record.expertIntermediateSize ?? inner;
  const queries = times(heads, head);
  const keys = times(kvHeads, head);
  const all: Readonly<Record<Length, number | undefined>> = {
    H: hidden,
    V: record.vocabularySize,
    F: inner,
    '2F': times(2, inner),
    '4H': times(4, hidden),
    '3H': times(3, hidden),
    Q: queries,
    K: keys,
    QKV: queries === undefined || keys === undefined ? undefined : queries + 2 * keys,
    M: expertInner,
    '2M': times(2, expertInner),
    E: record.experts,
    D: head,
    S: record.embeddingSize ?? hidden,
    P: record.maxPositions,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value > 0));
}

/** In words, for messages. */
export const lengthWords: Readonly<Record<Length, string>> = {
  H: 'hidden size',
  V: 'vocabulary',
  F: 'intermediate size',
  '2F': '2 × intermediate size',
  '4H': '4 × hidden size',
  '3H': '3 × hidden size',
  Q: 'heads × head size',
  K: 'key-value heads × head size',
  QKV: '(heads + 2 × key-value heads) × head size',
  M: 'intermediate size of an expert',
  '2M': '2 × intermediate size of an expert',
  E: 'experts',
  D: 'head size',
  S: 'embedding size',
  P: 'positions',
};

function headDimOf(
  { headDim, hiddenSize, heads, modelType = '' }: ArchitectureRecord,
  family: Family,
): number | undefined {
  if (headDim !== undefined) return headDim;
  if (hiddenSize === undefined || !heads || family.ownHeadDim?.includes(modelType) === true) return undefined;
  // As transformers cuts it.
  return Math.floor(hiddenSize / heads);
}

function times(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b;
}
