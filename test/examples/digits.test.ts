/** The parts of the demo in examples/digits that can be wrong without the demo noticing. */
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Digit, GREY, readDataset } from '../../examples/digits/dataset.ts';
import { evaluate } from '../../examples/digits/evaluate.ts';
import { readOnnx, runOnnx } from '../../examples/digits/inference/onnx.mts';
import { formatResponse, predict } from '../../examples/digits/inference/predict.mts';
import { writeOnnx } from '../../examples/digits/onnx-writer.ts';
import { forward, makePerceptron, PARAMETER_COUNT } from '../../examples/digits/perceptron.ts';
import { makeStory } from '../../examples/digits/story.ts';
import { train } from '../../examples/digits/train.ts';

const dataset = readDataset('examples/digits/data');
const few = dataset.training.slice(0, 200);

function trainQuickly(seed: number): Buffer {
  return writeOnnx('digits', train(few, { epochs: 2, seed }));
}

describe('dataset', () => {
  test('readDataset() gives 1,347 images for training and 450 others, with grey values and digits', () => {
    const { training, heldOut } = dataset;
    expect([training.length, heldOut.length]).toEqual([1347, 450]);
    expect(new Set([...training, ...heldOut].map(({ index }) => index)).size).toBe(1797);
    const isPlausible = ({ pixels, label }: Digit) => pixels.every((value) => value <= GREY) && label <= 9;
    expect([...training, ...heldOut].every(isPlausible)).toBe(true);
  });
});

describe('trainer', () => {
  test('train() gives the same ONNX file for the same seed, byte for byte, and another for another', () => {
    const first = trainQuickly(1);
    expect(trainQuickly(1).equals(first)).toBe(true);
    expect(trainQuickly(2).equals(first)).toBe(false);
  });

  test('train() learns: the loss falls and images it has not seen are told apart', () => {
    const losses: number[] = [];
    const network = train(dataset.training, { epochs: 5, seed: 1, onEpoch: ({ loss }) => losses.push(loss) });
    expect(losses).toHaveLength(5);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    const { right, count, accuracy } = evaluate(readOnnx(writeOnnx('digits', network)), dataset.heldOut);
    expect(count).toBe(450);
    expect(accuracy).toBe(right / count);
    expect(accuracy).toBeGreaterThan(0.8);
  });
});

describe('ONNX', () => {
  const network = makePerceptron();
  for (const index of network.parameters.keys()) network.parameters[index] = Math.sin(index);
  const file = writeOnnx('digits', network);

  test('writeOnnx() begins with IR version 8 and ends with operator set 17 of the standard operators', () => {
    expect([...file.subarray(0, 2)]).toEqual([0x08, 8]);
    expect([...file.subarray(-6)]).toEqual([0x42, 4, 0x0a, 0, 0x10, 17]);
  });

  test('readOnnx() reads back every node and every weight of writeOnnx()', () => {
    const { nodes, weights } = readOnnx(file);
    expect(nodes.map(({ operator }) => operator)).toEqual(['Gemm', 'Relu', 'Gemm', 'Softmax', 'ArgMax']);
    expect([...weights].map(([name, { shape }]) => [name, ...shape])).toEqual([
      ['hidden.weight', 64, 64],
      ['hidden.bias', 64],
      ['class.weight', 64, 10],
      ['class.bias', 10],
    ]);
    const values = [...weights.values()].flatMap((tensor) => [...tensor.values]);
    expect(values).toHaveLength(PARAMETER_COUNT);
    expect(values).toEqual([...network.parameters]);
  });

  test('runOnnx() computes what the network that was trained computes', () => {
    const images = dataset.heldOut.slice(0, 3).map(({ pixels }) => [...pixels]);
    const image = { shape: [3, 64], values: Float32Array.from(images.flat()) };
    const found = runOnnx(readOnnx(file), { image });
    const expected = images.map((pixels) => [...forward(network, pixels).probabilities]);
    for (const [index, probability] of expected.flat().entries())
      expect(found.get('probabilities')?.values[index]).toBeCloseTo(probability, 4);
    expect([...(found.get('label')?.values ?? [])]).toEqual(expected.map((row) => row.indexOf(Math.max(...row))));
  });

  test.each([1, 100, 9000, file.length - 10])('readOnnx() refuses a file that ends after %i bytes', (length) => {
    expect(() => readOnnx(file.subarray(0, length))).toThrow('Cannot read the model');
  });

  test('readOnnx() refuses what is no ONNX file', () => {
    expect(() => readOnnx(Buffer.from('# a model card'))).toThrow('Cannot read the model');
  });
});

describe('inference', () => {
  const model = readOnnx(writeOnnx('digits', makePerceptron()));
  const image = { name: 'image', shape: [1, 64], datatype: 'FP32', data: new Array<number>(64).fill(3) };

  test('predict() answers in the form of the Open Inference Protocol', () => {
    const response = predict(model, { id: 'one', inputs: [image] });
    expect(response).toEqual({
      id: 'one',
      outputs: [
        { name: 'label', shape: [1], datatype: 'INT64', data: [0] },
        { name: 'probabilities', shape: [1, 10], datatype: 'FP32', data: new Array(10).fill(Math.fround(0.1)) },
      ],
    });
    expect(JSON.parse(formatResponse(response))).toEqual(response);
  });

  test.each([
    ['another name', { name: 'picture' }],
    ['another datatype', { datatype: 'FP64' }],
    ['another shape', { shape: [1, 65] }],
    ['too few values', { data: [1, 2, 3] }],
    ['a value above 16', { data: [17, ...image.data.slice(1)] }],
    ['a value below 0', { data: [-1, ...image.data.slice(1)] }],
    ['a value that is no number', { data: [Number.NaN, ...image.data.slice(1)] }],
  ])('predict() refuses %s', (_, change) => {
    expect(() => predict(model, { inputs: [{ ...image, ...change }] })).toThrow('Cannot predict');
  });
});

describe('story', () => {
  afterEach(() => vi.restoreAllMocks());

  test('end() counts the claims in the last line and says whether all of them hold', () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(stripVTControlCharacters(line)));
    const story = makeStory({ folder: '.', environment: process.env });
    story.check({ one: true, two: true });
    expect(story.end()).toBe(true);
    story.check({ three: false });
    expect(story.end()).toBe(false);
    expect(lines.filter((line) => /passed/.test(line))).toEqual(['2 passed, 0 failed', '2 passed, 1 failed']);
    expect(lines.some((line) => line.includes('NOT SO: three'))).toBe(true);
  });

  test('shell() gives status and output, and marks lines that it does not show', () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(stripVTControlCharacters(line)));
    const story = makeStory({ folder: '.', environment: process.env });
    const ran = story.shell('echo one; echo two; echo three >&2; exit 3', /two/);
    expect(ran).toEqual({ status: 3, output: 'one\ntwo\nthree' });
    expect(lines.slice(1)).toEqual(['  two … (exit status 3)']);
  });
});
