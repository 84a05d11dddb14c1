/**
 * Holds the shapes of a request, and of the response to it, to a declared interface. A name of a dimension stands for
 * one size wherever it stands, in inputs and outputs alike; -1 stands for any size each time.
 */
import type { Datatype } from './datatypes.ts';

export type Side = 'inputs' | 'outputs';

export interface DeclaredTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly (number | string)[];
  /** false for an input that may be left out. */
  readonly required?: boolean | undefined;
}

export interface DeclaredInterface {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
}

export interface ActualTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface ActualTensors {
  readonly inputs: readonly ActualTensor[];
  /** Absent before there is a response. */
  readonly outputs?: readonly ActualTensor[];
  /** Outputs that the request asks for; all of them if absent. */
  readonly requested?: readonly string[];
}

/** Where a dimension, a tensor or a whole side of the interface stands. */
export interface Place {
  readonly side: Side;
  readonly tensor: string;
  /** Index in the shape, when it is about one dimension. */
  readonly dimension?: number;
}

export interface Binding {
  readonly size: number;
  /** Where the name met this size first. */
  readonly place: Place;
}

export interface Mismatch {
  readonly place: Place;
  /** For a name that met two sizes: where it met the other one. */
  readonly other?: Place;
  readonly message: string;
}

export type Unification =
  | { readonly verdict: 'pass'; readonly bindings: ReadonlyMap<string, Binding> }
  | { readonly verdict: 'fail'; readonly mismatches: readonly Mismatch[] };

/** @returns the size of each name, or everything that does not fit */
export function unify(declared: DeclaredInterface, actual: ActualTensors): Unification {
  const bindings = new Map<string, Binding>();
  const wanted = new Set(actual.requested ?? declared.outputs.map(({ name }) => name));
  const mismatches = [
    ...matchSide('inputs', declared.inputs, actual.inputs, bindings),
    ...missing(
      'inputs',
      declared.inputs.filter(({ required }) => required !== false),
      actual.inputs,
    ),
    ...[...wanted].filter((name) => !declared.outputs.some((output) => output.name === name)).map(unknown('outputs')),
    ...(actual.outputs === undefined
      ? []
      : [
          ...matchSide('outputs', declared.outputs, actual.outputs, bindings),
          ...missing(
            'outputs',
            declared.outputs.filter(({ name }) => wanted.has(name)),
            actual.outputs,
          ),
        ]),
  ];
  return mismatches.length === 0 ? { verdict: 'pass', bindings } : { verdict: 'fail', mismatches };
}

/** A place in words: `dimension 0 of input "image"`. */
export function formatPlace({ side, tensor, dimension }: Place): string {
  const whole = `${side === 'inputs' ? 'input' : 'output'} ${JSON.stringify(tensor)}`;
  return dimension === undefined ? whole : `dimension ${dimension} of ${whole}`;
}

function matchSide(
  side: Side,
  declared: readonly DeclaredTensor[],
  actual: readonly ActualTensor[],
  bindings: Map<string, Binding>,
): Mismatch[] {
  const known = new Map(declared.map((tensor) => [tensor.name, tensor]));
  const seen = new Set<string>();
  return actual.flatMap((given) => {
    const place = { side, tensor: given.name };
    const tensor = known.get(given.name);
    if (tensor === undefined) return [unknown(side)(given.name)];
    if (seen.has(given.name)) return [{ place, message: `${formatPlace(place)} stands there twice` }];
    seen.add(given.name);
    if (tensor.datatype !== given.datatype)
      return [{ place, message: `${formatPlace(place)} is ${given.datatype}, declared is ${tensor.datatype}` }];
    if (tensor.shape.length !== given.shape.length)
      return [
        { place, message: `${formatPlace(place)} has shape ${list(given.shape)}, declared is ${list(tensor.shape)}` },
      ];
    return given.shape.flatMap((size, dimension) =>
      matchDimension(tensor.shape[dimension] ?? -1, size, { ...place, dimension }, bindings),
    );
  });
}

function matchDimension(
  declared: number | string,
  size: number,
  place: Place,
  bindings: Map<string, Binding>,
): Mismatch[] {
  if (!Number.isSafeInteger(size) || size < 0)
    return [{ place, message: `${formatPlace(place)} is ${size}, which is no size` }];
  if (typeof declared === 'number')
    return declared === -1 || declared === size
      ? []
      : [{ place, message: `${formatPlace(place)} is ${size}, declared is ${declared}` }];
  const bound = bindings.get(declared);
  if (bound === undefined) {
    bindings.set(declared, { size, place });
    return [];
  }
  if (bound.size === size) return [];
  const message = `${formatPlace(place)} is ${size}, but ${declared} is ${bound.size} in ${formatPlace(bound.place)}`;
  return [{ place, other: bound.place, message }];
}

function missing(side: Side, wanted: readonly DeclaredTensor[], actual: readonly ActualTensor[]): Mismatch[] {
  const given = new Set(actual.map(({ name }) => name));
  return wanted
    .filter(({ name }) => !given.has(name))
    .map(({ name }) => {
      const place = { side, tensor: name };
      return { place, message: `${formatPlace(place)} is missing` };
    });
}

function unknown(side: Side): (tensor: string) => Mismatch {
  return (tensor) => ({ place: { side, tensor }, message: `${formatPlace({ side, tensor })} is not declared` });
}

function list(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}
