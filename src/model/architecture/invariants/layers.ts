import type { Finding } from '../../../base/finding.ts';
import type { Invariant } from '../invariant.ts';
import type { FoundStack } from '../network/find.ts';
import type { ArchitectureRecord } from '../record/record.ts';

/** As many numbers as somebody reads. */
const SHOWN = 10;

/** Layers are numbered from 0 to one below their number, without gaps. */
export const layers: Invariant = {
  id: 'layers',
  title: 'Every layer that the configuration counts has tensors, and no other has.',
  needs: 'a family of networks that is known, and the number of its layers',
  rules: ['model-layer'],
  check: ({ network, record }) => network?.stacks.flatMap((stack) => checkStack(stack, record)) ?? [],
};

function checkStack({ stack, path, layers }: FoundStack, record: ArchitectureRecord): readonly Finding[] {
  const stated = record[stack.layers];
  const highest = [...layers.keys()].reduce((most, index) => Math.max(most, index), -1);
  // Of an encoder without its decoder nothing is said.
  if (highest < 0) return [];
  const count = stated ?? highest + 1;
  const missing = Array.from({ length: Math.min(count, 10_000) }, (_, index) => index).filter(
    (index) => !layers.has(index),
  );
  // Layers that guess further tokens stand behind the last, and some files count them and others do not.
  const guessing = record.predictionLayers ?? 0;
  const extra = stated === undefined ? [] : [...layers.keys()].filter((index) => index >= stated + guessing);
  const says = stated === undefined ? `the highest is ${highest}` : `${record.source} says ${stated}`;
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            ...error,
            message: `${path}${list(missing)} ${missing.length === 1 ? 'has' : 'have'} no tensors, and ${says} layers`,
          },
        ]),
    ...(extra.length === 0
      ? []
      : [
          { ...error, message: `${path}${list(extra)} ${extra.length === 1 ? 'is' : 'are'} there, and ${says} layers` },
        ]),
  ];
}

const error = { rule: 'model-layer', level: 'error' } as const;

function list(indexes: readonly number[]): string {
  const shown = indexes.toSorted((a, b) => a - b).slice(0, SHOWN);
  return indexes.length === 1 ? String(indexes[0]) : `{${shown.join(',')}${indexes.length > SHOWN ? ',…' : ''}}`;
}
