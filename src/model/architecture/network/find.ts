/** Recognises the network that tensors make: its family, its prefix, its layers. */
import type { LayoutTensor } from '../layout.ts';
import type { ArchitectureRecord } from '../record/record.ts';
import { type Dimensions, dimensionsOf } from './dimensions.ts';
import { families } from './families.ts';
import type { Family, Stack } from './family.ts';
import { type LogicalTensor, logicalTensors } from './logical-shape.ts';

export interface FoundStack {
  readonly stack: Stack;
  /** What stands before the number of a layer: `model.layers.`. */
  readonly path: string;
  /** By number, its tensors by their name within it. */
  readonly layers: ReadonlyMap<number, ReadonlyMap<string, LogicalTensor>>;
}

export interface Network {
  readonly family: Family;
  readonly prefix: string;
  readonly stacks: readonly FoundStack[];
  readonly dimensions: Dimensions;
  /** All tensors, by their names before they were packed. */
  readonly tensors: ReadonlyMap<string, LogicalTensor>;
}

/** Before the names of the part for text in models of text and images. */
const PART_PREFIXES = ['language_model.model.', 'model.language_model.', 'language_model.', 'model.text_model.'];

/** @returns undefined for a network of no family that is known, and where it could be two */
export function findNetwork(tensors: readonly LayoutTensor[], record: ArchitectureRecord): Network | undefined {
  const { form, modelType, isPart } = record;
  if (modelType === undefined) return undefined;
  const family = families.find((each) => each.form === form && each.modelTypes.includes(modelType));
  if (family === undefined) return undefined;
  const logical = logicalTensors(tensors, record);
  const known = isPart ? PART_PREFIXES : family.prefixes;
  const prefixes = known.filter((prefix) => hasStack(logical, family.stacks, prefix));
  const [prefix, ...others] = prefixes;
  if (prefix === undefined || others.length > 0) return undefined;
  return {
    family,
    prefix,
    stacks: family.stacks.map((stack) => readStack(logical, stack, prefix)),
    dimensions: dimensionsOf(record, family),
    tensors: logical,
  };
}

function hasStack(logical: ReadonlyMap<string, LogicalTensor>, stacks: readonly Stack[], prefix: string): boolean {
  const paths = stacks.map(({ path }) => `${prefix}${path}.`);
  for (const name of logical.keys())
    for (const path of paths) if (name.startsWith(path) && /^\d/.test(name.slice(path.length))) return true;
  return false;
}

function readStack(logical: ReadonlyMap<string, LogicalTensor>, stack: Stack, prefix: string): FoundStack {
  const path = `${prefix}${stack.path}.`;
  const layers = new Map<number, Map<string, LogicalTensor>>();
  for (const [name, tensor] of logical) {
    if (!name.startsWith(path)) continue;
    const [, digits, part] = /^(0|[1-9]\d{0,5})\.(.+)$/s.exec(name.slice(path.length)) ?? [];
    if (digits === undefined || part === undefined) continue;
    const layer = layers.get(Number(digits)) ?? new Map<string, LogicalTensor>();
    layers.set(Number(digits), layer.set(part, tensor));
  }
  return { stack, path, layers };
}
