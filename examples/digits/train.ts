/** Trains the perceptron with Adam. The same seed gives the same weights, to the last bit. */
import { type Digit, GREY } from './dataset.ts';
import { backward, makePerceptron, PARAMETER_COUNT, type Perceptron } from './perceptron.ts';

export interface TrainingOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Told after each epoch how it went, over the training images. */
  readonly onEpoch?: (epoch: Epoch) => void;
}

export interface Epoch {
  readonly number: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  readonly accuracy: number;
}

const BATCH = 32;
const LEARNING_RATE = 1e-3;

export function train(digits: readonly Digit[], { epochs, seed, onEpoch }: TrainingOptions): Perceptron {
  const random = randomNumbers(seed);
  const network = makePerceptron();
  for (const row of network.hiddenWeights) fillNormal(row, Math.sqrt(2 / network.hiddenWeights.length), random);
  for (const row of network.classWeights) fillNormal(row, Math.sqrt(2 / network.classWeights.length), random);
  const examples = digits.map(({ pixels, label }) => ({ inputs: Float32Array.from(pixels, (x) => x / GREY), label }));
  const slopes = makePerceptron();
  const step = adam(network.parameters, slopes.parameters);
  for (let number = 1; number <= epochs; number += 1) {
    shuffle(examples, random);
    let [loss, right] = [0, 0];
    for (let start = 0; start < examples.length; start += BATCH) {
      const batch = examples.slice(start, start + BATCH);
      slopes.parameters.fill(0);
      for (const example of batch) {
        const outcome = backward(network, slopes, { ...example, share: 1 / batch.length });
        loss += outcome.loss;
        right += outcome.isRight ? 1 : 0;
      }
      step();
    }
    onEpoch?.({ number, loss: loss / examples.length, accuracy: right / examples.length });
  }
  // From here on it takes grey values as they are. Exact: 16 is a power of two.
  for (const row of network.hiddenWeights) for (const [unit, weight] of row.entries()) row[unit] = weight / GREY;
  return network;
}

/** Kingma and Ba, "Adam", 2015, algorithm 1, with the paper's constants. */
function adam(parameters: Float32Array, slopes: Float32Array): () => void {
  const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];
  const first = new Float32Array(PARAMETER_COUNT);
  const second = new Float32Array(PARAMETER_COUNT);
  let steps = 0;
  return () => {
    steps += 1;
    const [correction1, correction2] = [1 - decay1 ** steps, 1 - decay2 ** steps];
    for (const [index, slope] of slopes.entries()) {
      const mean = decay1 * (first[index] ?? 0) + (1 - decay1) * slope;
      const square = decay2 * (second[index] ?? 0) + (1 - decay2) * slope * slope;
      first[index] = mean;
      second[index] = square;
      const change = (LEARNING_RATE * (mean / correction1)) / (Math.sqrt(square / correction2) + epsilon);
      parameters[index] = (parameters[index] ?? 0) - change;
    }
  };
}

/** Mulberry32: 32 bits of state are plenty to shuffle 1,347 images. @returns numbers from 0 to 1 */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. The smallest number keeps the logarithm finite. */
function fillNormal(row: Float32Array, deviation: number, random: () => number): void {
  for (const index of row.keys()) {
    row[index] = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()) * deviation;
  }
}

/** Fisher and Yates. */
function shuffle<Item>(items: Item[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [items[last], items[other]];
    if (a !== undefined && b !== undefined) [items[last], items[other]] = [b, a];
  }
}
