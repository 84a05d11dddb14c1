/**
 * A perceptron with one hidden layer: 64 pixels, 64 hidden units (ReLU), 10 classes (softmax). All
 * parameters lie in one array, so that an optimiser sees a vector and the network sees its rows.
 */
import { CLASSES, PIXELS } from './dataset.ts';

export const HIDDEN = 64;
export const PARAMETER_COUNT: number = PIXELS * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES;

export interface Perceptron {
  /** Every parameter; the fields below are views of it. */
  readonly parameters: Float32Array;
  /** One row for each pixel. */
  readonly hiddenWeights: readonly Float32Array[];
  readonly hiddenBias: Float32Array;
  /** One row for each hidden unit. */
  readonly classWeights: readonly Float32Array[];
  readonly classBias: Float32Array;
}

export function makePerceptron(): Perceptron {
  const parameters = new Float32Array(PARAMETER_COUNT);
  let at = 0;
  const take = (count: number) => {
    at += count;
    return parameters.subarray(at - count, at);
  };
  const takeRows = (rows: number, columns: number) => Array.from({ length: rows }, () => take(columns));
  return {
    parameters,
    hiddenWeights: takeRows(PIXELS, HIDDEN),
    hiddenBias: take(HIDDEN),
    classWeights: takeRows(HIDDEN, CLASSES),
    classBias: take(CLASSES),
  };
}

export interface Activations {
  readonly hidden: Float32Array;
  readonly probabilities: Float32Array;
}

export function forward(network: Perceptron, inputs: ArrayLike<number>): Activations {
  const hidden = Float32Array.from(network.hiddenBias);
  for (const [pixel, weights] of network.hiddenWeights.entries()) addScaled(hidden, inputs[pixel] ?? 0, weights);
  for (const [unit, value] of hidden.entries()) if (value < 0) hidden[unit] = 0;
  const probabilities = Float32Array.from(network.classBias);
  for (const [unit, weights] of network.classWeights.entries()) addScaled(probabilities, hidden[unit] ?? 0, weights);
  softmax(probabilities);
  return { hidden, probabilities };
}

/**
 * Adds the slope of the cross-entropy for one example to `slopes`.
 * @returns the cross-entropy
 */
export function backward(
  network: Perceptron,
  slopes: Perceptron,
  { inputs, label, share }: { inputs: ArrayLike<number>; label: number; share: number },
): { readonly loss: number; readonly isRight: boolean } {
  const { hidden, probabilities } = forward(network, inputs);
  const chance = probabilities[label] ?? 0;
  const isRight = chance === Math.max(...probabilities);
  const atClasses = probabilities.map((value, digit) => (value - (digit === label ? 1 : 0)) * share);
  const atHidden = new Float32Array(HIDDEN);
  for (const [unit, value] of hidden.entries()) {
    const [weights, slope] = [network.classWeights[unit], slopes.classWeights[unit]];
    if (value <= 0 || weights === undefined || slope === undefined) continue;
    atHidden[unit] = dot(atClasses, weights);
    addScaled(slope, value, atClasses);
  }
  addScaled(slopes.classBias, 1, atClasses);
  for (const [pixel, slope] of slopes.hiddenWeights.entries()) addScaled(slope, inputs[pixel] ?? 0, atHidden);
  addScaled(slopes.hiddenBias, 1, atHidden);
  return { loss: -Math.log(Math.max(chance, Number.MIN_VALUE)), isRight };
}

function softmax(values: Float32Array): void {
  const largest = Math.max(...values);
  let sum = 0;
  for (const [index, value] of values.entries()) {
    values[index] = Math.exp(value - largest);
    sum += values[index] ?? 0;
  }
  for (const [index, value] of values.entries()) values[index] = value / sum;
}

/** `target += factor × source`. Most pixels and half of the hidden units are zero: those cost nothing. */
function addScaled(target: Float32Array, factor: number, source: Float32Array): void {
  if (factor === 0) return;
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] ?? 0) + factor * (source[index] ?? 0);
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
