/**
 * Answers one request of the Open Inference Protocol, with nothing but Node 24:
 * node inference/predict.mts < examples/request.json
 */
import fs from 'node:fs';
import { type Network, readOnnx, runOnnx } from './onnx.mts';

export interface InferenceTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly number[];
}

export interface InferenceRequest {
  readonly id?: string;
  readonly inputs: readonly InferenceTensor[];
}

export interface InferenceResponse {
  readonly id?: string;
  readonly outputs: readonly InferenceTensor[];
}

const PIXELS = 64;
const GREY = 16;

/** @throws Error when the request is not what waybill.yaml says under `interface` */
export function predict(network: Network, { id, inputs }: InferenceRequest): InferenceResponse {
  const [image] = inputs;
  if (inputs.length !== 1 || image?.name !== 'image') throw new Error('Cannot predict: one input is needed, image');
  const [rows = 0, columns] = image.shape;
  if (image.datatype !== 'FP32' || columns !== PIXELS || image.data.length !== rows * PIXELS)
    throw new Error(`Cannot predict: image has to be FP32 [-1, ${PIXELS}]`);
  if (!image.data.every((value) => typeof value === 'number' && value >= 0 && value <= GREY))
    throw new Error(`Cannot predict: grey values go from 0 to ${GREY}`);
  const values = runOnnx(network, { image: { shape: image.shape, values: Float32Array.from(image.data) } });
  const output = (name: string, datatype: string): InferenceTensor => {
    const tensor = values.get(name);
    if (tensor === undefined) throw new Error(`Cannot predict: the model gives no ${name}`);
    return { name, shape: tensor.shape, datatype, data: [...tensor.values] };
  };
  return { ...(id === undefined ? {} : { id }), outputs: [output('label', 'INT64'), output('probabilities', 'FP32')] };
}

/** One line for each output, so that a person can read it. */
export function formatResponse({ id, outputs }: InferenceResponse): string {
  const lines = outputs.map((output) => `    ${JSON.stringify(output)}`).join(',\n');
  return `{\n${id === undefined ? '' : `  "id": ${JSON.stringify(id)},\n`}  "outputs": [\n${lines}\n  ]\n}\n`;
}

if (import.meta.main) {
  const network = readOnnx(fs.readFileSync(new URL('../weights/digits.onnx', import.meta.url)));
  process.stdout.write(formatResponse(predict(network, JSON.parse(fs.readFileSync(0, 'utf8')))));
}
