/** Compares tensors with the shapes that follow from the sizes of their network. */

import { lengthWords } from './dimensions.ts';
import type { Named, Shape } from './family.ts';
import type { Network } from './find.ts';
import type { LogicalTensor } from './logical-shape.ts';

export interface ShapeDifference {
  /** The tensor in the file, the first of those that differ so. */
  readonly tensor: string;
  readonly found: readonly number[];
  /** `?` for what cannot be told. */
  readonly expected: readonly (number | '?')[];
  /** What the expected lengths are: `hidden size 4096`. */
  readonly words: string;
  /** Tensors of other layers or experts that differ in the same way. */
  readonly others: number;
}

/** @param kind of tensors in the tables of the families */
export function shapeDifferences(network: Network, kind: keyof Named): readonly ShapeDifference[] {
  const found = new Map<string, ShapeDifference>();
  for (const [pattern, tensor, shape] of expectations(network, kind)) {
    const difference = differenceOf(tensor, shape, network);
    if (difference === undefined) continue;
    const key = `${pattern} ${difference.found}`;
    const first = found.get(key);
    found.set(key, first === undefined ? difference : { ...first, others: first.others + 1 });
  }
  return [...found.values()];
}

/** `a is [3, 4], and config.json makes it [4, 4] (hidden size 4)`. */
export function showDifference({ tensor, found, expected, words, others }: ShapeDifference, source: string): string {
  const more = others === 0 ? '' : `, as are ${others} more like it`;
  return `${tensor} is [${found.join(', ')}]${more}, and ${source} makes it [${expected.join(', ')}] (${words})`;
}

type Expectation = readonly [pattern: string, tensor: LogicalTensor, shape: Shape];

function* expectations({ family, prefix, stacks, tensors }: Network, kind: keyof Named): Generator<Expectation> {
  for (const [name, shape] of Object.entries(family.outside[kind] ?? {})) {
    const tensor = tensors.get(prefix + name);
    if (tensor !== undefined) yield [name, tensor, shape];
  }
  const parts = family.layer[kind] ?? {};
  for (const { path, layers } of stacks) {
    for (const layer of layers.values()) {
      for (const [part, tensor] of layer) {
        const pattern = part.replace(/(?<=\.experts\.)\d+(?=\.)/, '*');
        const shape = Object.hasOwn(parts, pattern) ? parts[pattern] : undefined;
        if (shape !== undefined) yield [path + pattern, tensor, shape];
      }
    }
  }
}

export function differenceOf(
  { stored, shape: found }: LogicalTensor,
  shape: Shape,
  { dimensions }: Pick<Network, 'dimensions'>,
): ShapeDifference | undefined {
  if (found === undefined) return undefined;
  const expected = shape.map((length) => dimensions[length] ?? '?');
  const fits = expected.length === found.length && expected.every((each, at) => each === '?' || each === found[at]);
  if (fits) return undefined;
  const words = [...new Set(shape)].map((length) => `${lengthWords[length]} ${dimensions[length] ?? 'unknown'}`);
  return { tensor: stored, found, expected, words: words.join(', '), others: 0 };
}
