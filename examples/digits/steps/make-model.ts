/** Steps 1 and 2: a classifier is trained on real data, and its folder gets a waybill.yaml. */
import fs from 'node:fs';
import path from 'node:path';
import { readDataset } from '../dataset.ts';
import { evaluate } from '../evaluate.ts';
import { readOnnx } from '../inference/onnx.mts';
import { writeModelFolder } from '../model-folder.ts';
import { writeOnnx } from '../onnx-writer.ts';
import { PARAMETER_COUNT } from '../perceptron.ts';
import type { Story } from '../story.ts';
import { train } from '../train.ts';

const EPOCHS = 40;
const SEED = 1;
const SHOWN_EPOCHS: readonly number[] = [1, EPOCHS];

export function trainModel(story: Story, folder: string): void {
  story.title('Train a real model on real data');
  const { training, heldOut } = readDataset(path.join(import.meta.dirname, '../data'));
  story.say(`${training.length} handwritten digits to learn from, ${heldOut.length} held out (data/ATTRIBUTION.md)`);
  const began = performance.now();
  const network = train(training, {
    epochs: EPOCHS,
    seed: SEED,
    onEpoch: ({ number, loss, accuracy }) => {
      if (!SHOWN_EPOCHS.includes(number)) return;
      const figures = `loss ${loss.toFixed(3)}   ${(accuracy * 100).toFixed(1).padStart(4)} % of the training images`;
      story.say(`epoch ${String(number).padStart(2)}   ${figures}`);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const onnx = writeOnnx('digits', network);
  const evaluation = evaluate(readOnnx(onnx), heldOut);
  writeModelFolder(path.join(folder, 'digits'), { onnx, heldOut, evaluation });
  story.say(
    `${PARAMETER_COUNT} parameters in ${seconds.toFixed(1)} s; digits/weights/digits.onnx, ${onnx.length} bytes`,
  );
  const written = evaluate(readOnnx(fs.readFileSync(path.join(folder, 'digits/weights/digits.onnx'))), heldOut);
  const accuracy = written.accuracy.toFixed(3);
  story.check({
    [`that file, run on the held-out images: ${written.right} of ${written.count} right, accuracy ${accuracy}`]:
      written.accuracy >= 0.95,
    'the card says the same': fs.readFileSync(path.join(folder, 'digits/README.md'), 'utf8').includes(accuracy),
  });
}

/** What only a person knows: a line of the written file, and what the person puts in its place. */
const EDITS: readonly (readonly [RegExp, string])[] = [
  [/^name: digits$/m, 'name: acme/digits'],
  [/^version: .*$/m, 'version: 1.0.0'],
  [/^# summary: .*$/m, 'summary: Recognises handwritten digits in 8×8 grey images'],
  [/^# owner: .*$/m, 'owner: { team: vision, contact: vision@acme.example }'],
  [/^licenses:$/m, 'licenses:\n  data: CC-BY-4.0'],
  [
    /^ {4}- \{ name: "image", datatype: FP32, shape: \[batch, 64\] \}$/m,
    '    - { name: image, datatype: FP32, shape: [batch, 64], minimum: 0, maximum: 16, nan: reject }',
  ],
  [
    /^runtime:$/m,
    `  examples: [{ request: examples/request.json, response: examples/response.json, tolerance: { relative: 1e-4 } }]
runtime:`,
  ],
];

export function describeModel(story: Story, folder: string): void {
  story.title('Describe it: init derives what it can, a person adds the rest');
  const { status, output } = story.shell('waybill init digits', /^(?!next|$)/);
  const file = path.join(folder, 'digits/waybill.yaml');
  const derived = fs.readFileSync(file, 'utf8');
  const edited = EDITS.reduce((text, [line, replacement]) => text.replace(line, replacement), derived);
  fs.writeFileSync(file, edited);
  story.say('Added to digits/waybill.yaml by hand:');
  const before = new Set(derived.split('\n'));
  const added = edited.split('\n').filter((line) => !before.has(line));
  story.say(added.map((line) => `+ ${line}`).join('\n'));
  story.check({
    'init found the licence, the task, the format, the parameters, what goes in and comes out': [
      'Apache-2.0',
      'image-classification',
      'onnx',
      PARAMETER_COUNT.toLocaleString('en'),
      'image FP32[batch, 64]',
    ].every((fact) => output.includes(fact)),
    'every edit found its line': status === 0 && EDITS.every(([line]) => line.test(derived)),
  });
}
