/** Writes the folder of a trained model as a person would leave it: weights, card, licence, example, code. */
import fs from 'node:fs';
import path from 'node:path';
import { type Digit, PIXELS } from './dataset.ts';
import type { Evaluation } from './evaluate.ts';
import { readOnnx } from './inference/onnx.mts';
import { formatResponse, type InferenceRequest, predict } from './inference/predict.mts';

/** Images that travel with the model, to compare live inputs with. */
const REFERENCE_COUNT = 50;

export interface Trained {
  readonly onnx: Buffer;
  readonly heldOut: readonly Digit[];
  readonly evaluation: Evaluation;
}

export function writeModelFolder(folder: string, { onnx, heldOut, evaluation }: Trained): void {
  const here = import.meta.dirname;
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  };
  write('weights/digits.onnx', onnx);
  write('README.md', cardOf(evaluation));
  const request = requestFor(heldOut);
  write('examples/request.json', `${JSON.stringify(request)}\n`);
  write('examples/response.json', formatResponse(predict(readOnnx(onnx), request)));
  write('data/reference.csv', referenceOf(heldOut.slice(0, REFERENCE_COUNT)));
  for (const name of ['inference/predict.mts', 'inference/onnx.mts', 'data/ATTRIBUTION.md'])
    write(name, fs.readFileSync(path.join(here, name)));
  write('LICENSE', fs.readFileSync(path.join(here, '../../LICENSE')));
}

/** The first held-out image. */
function requestFor(heldOut: readonly Digit[]): InferenceRequest {
  const [digit] = heldOut;
  if (digit === undefined) throw new Error('Cannot write an example: no image is held out');
  const image = { name: 'image', shape: [1, PIXELS], datatype: 'FP32', data: [...digit.pixels] };
  return { id: `digit-${digit.index}`, inputs: [image] };
}

function referenceOf(digits: readonly Digit[]): string {
  const header = ['label', ...Array.from({ length: PIXELS }, (_, pixel) => `pixel_${pixel}`)];
  return `${[header, ...digits.map(({ label, pixels }) => [label, ...pixels])].map((row) => row.join(',')).join('\n')}\n`;
}

function cardOf({ right, count, accuracy }: Evaluation): string {
  return `---
license: apache-2.0
pipeline_tag: image-classification
---

# Handwritten digits

Says which digit an 8×8 grey image shows, and how sure it is. A perceptron with one hidden layer of 64 units, 4,810
parameters, trained for 40 epochs on 1,347 images.

- **Measured:** ${right} of ${count} held-out images right, accuracy ${accuracy.toFixed(3)}.
- **For:** learning and demonstrations. **Not for:** reading anything that matters, such as forms or cheques.
- **Known limits:** digits only, centred, one to an image; an image of anything else is still called a digit.
- **Run it:** \`node inference/predict.mts < examples/request.json\` (Node 24, nothing to install).

The data is by E. Alpaydin and C. Kaynak (doi 10.24432/C50P49, CC BY 4.0): data/ATTRIBUTION.md.
`;
}
