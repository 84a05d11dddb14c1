/** Measures a model file on images that it has not seen, by running the file itself. */
import { type Digit, PIXELS } from './dataset.ts';
import { type Network, runOnnx } from './inference/onnx.mts';

export interface Evaluation {
  readonly right: number;
  readonly count: number;
  readonly accuracy: number;
}

export function evaluate(network: Network, digits: readonly Digit[]): Evaluation {
  const image = {
    shape: [digits.length, PIXELS],
    values: Float32Array.from(digits.flatMap(({ pixels }) => [...pixels])),
  };
  const labels = runOnnx(network, { image }).get('label')?.values ?? [];
  const right = digits.filter(({ label }, index) => labels[index] === label).length;
  return { right, count: digits.length, accuracy: right / digits.length };
}
