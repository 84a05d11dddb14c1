import { expect, test } from 'vitest';
import type { WaybillError } from '../../base/errors.ts';
import { parseWaybillFile } from '../waybill-file/parse.ts';
import { contradictionsOf } from './contradictions.ts';
import { findingsOfInterface } from './findings.ts';

const HEAD = 'waybill: 1.1\nname: a\nversion: 1.0.0\ncomponents: { weights: [a] }\ninterface:\n';

/** What is wrong with one input, as pack would print it. */
function problemsOf(input: string, outputs = '[]'): string[] {
  const { file, problemAt } = parseWaybillFile(`${HEAD}  inputs:\n    - ${input}\n  outputs: ${outputs}\n`);
  if (file.interface === undefined) throw new Error('there is no interface');
  return contradictionsOf(file.interface).map(({ at, message }) => {
    const { line, column, message: text } = problemAt(at, message);
    return `${line}:${column} ${text}`;
  });
}

test.each([
  ['FP32, shape: [-1, 64], minimum: 0, maximum: 16, nan: reject'],
  ['UINT8, shape: [], minimum: 0, maximum: 255, enum: [0, 128, 255]'],
  ['INT64, shape: [n], enum: [-1, 0, 1]'],
  ['BYTES, shape: [n], enum: [cat, dog], semantic: { meaning: column }'],
  ['BOOL, shape: [n], enum: [true]'],
  ['FP32, shape: [n, 3, 224, 224], semantic: { meaning: image, layout: NCHW, colour: rgb, mean: [0.5, 0.5, 0.5] }'],
  ['BYTES, shape: [n], semantic: { meaning: image, mediaTypes: [image/png] }'],
  [
    'FP32, shape: [n, 2], semantic: { meaning: columns, columns: [{ name: age, unit: a }, { name: sex, values: [f, m] }] }',
  ],
  ['INT64, shape: [n], semantic: { meaning: time, unit: ns }'],
  ['BYTES, shape: [n], semantic: { meaning: time }'],
  ['FP16, shape: [n, classes], semantic: { meaning: probabilities, values: [a, b, c] }'],
  ['INT64, shape: [n, -1], semantic: { meaning: tokens }'],
])('contradictionsOf() finds none in %s', (text) => {
  expect(problemsOf(`{ name: x, datatype: ${text} }`)).toEqual([]);
});

test.each([
  ['UINT8, shape: [], minimum: -3', 'inputs.0.minimum: -3 is beyond what UINT8 holds (0 to 255)'],
  ['INT8, shape: [], maximum: 128', 'maximum: 128 is beyond what INT8 holds (-128 to 127)'],
  ['INT32, shape: [], minimum: 0.5', 'minimum: 0.5 is not a whole number'],
  ['INT64, shape: [], maximum: 9223372036854775807', 'is beyond 2^53, where numbers here are not exact'],
  ['FP16, shape: [], maximum: 70000', 'maximum: 70000 is beyond what FP16 holds'],
  ['FP32, shape: [], minimum: 2, maximum: 1', 'minimum: 2 is above the maximum, 1'],
  ['BYTES, shape: [], minimum: 1', 'minimum: BYTES has no order; leave minimum out'],
  ['BOOL, shape: [], maximum: 1', 'maximum: BOOL has no order; leave maximum out'],
  ['BOOL, shape: [], enum: [1]', 'enum.0: 1 is not true or false'],
  ['BYTES, shape: [], enum: [1]', 'enum.0: 1 is not text'],
  ['INT8, shape: [], enum: [1, 300]', 'enum.1: 300 is beyond what INT8 holds'],
  ['INT8, shape: [], enum: []', 'enum: with no value in it nothing is ever accepted'],
  ['INT8, shape: [], enum: [1, 1]', 'enum.1: 1 stands there twice'],
  ['INT8, shape: [], minimum: 2, enum: [1]', 'enum.0: 1 is below the minimum, 2'],
  ['FP32, shape: [], semantic: { meaning: text }', 'semantic.meaning: FP32 cannot carry text'],
  ['BYTES, shape: [], semantic: { meaning: tokens }', 'semantic.meaning: BYTES cannot carry tokens'],
  ['FP32, shape: [3, 8, 8], semantic: { meaning: image, layout: NCHW }', 'NCHW has 4 dimensions, the shape has 3'],
  [
    'UINT8, shape: [8, 8, 4], semantic: { meaning: image, layout: HWC, colour: rgb }',
    'rgb has 3 channels, the shape has 4',
  ],
  ['FP32, shape: [n, 8, 8], semantic: { meaning: image, layout: NHW, colour: rgb }', 'NHW has no channels, rgb has 3'],
  [
    'FP32, shape: [3, 8, 8], semantic: { meaning: image, layout: CHW, std: [1, 2] }',
    'semantic.std: expected a number for each',
  ],
  ['FP32, shape: [8, 8], semantic: { meaning: image, std: [0] }', 'semantic.std: a standard deviation is above 0'],
  ['FP32, shape: [8, 8], semantic: { meaning: image, range: [1, 0] }', 'semantic.range: the first number'],
  [
    'UINT8, shape: [8], semantic: { meaning: audio, mediaTypes: [audio/wav] }',
    'semantic.mediaTypes: UINT8 holds no encoded',
  ],
  ['BYTES, shape: [], semantic: { meaning: image, layout: HW }', 'semantic.layout: encoded files have no layout'],
  ['INT64, shape: [], semantic: { meaning: time }', 'semantic: a count needs a unit'],
  ['BYTES, shape: [], semantic: { meaning: time, unit: s }', 'semantic.unit: text has no unit'],
  [
    'BYTES, shape: [], semantic: { meaning: column, values: [a] }',
    'semantic.values: BYTES has no codes: for text, list it as enum',
  ],
  [
    'FP32, shape: [3], semantic: { meaning: columns, columns: [{ name: a }, { name: a }, { name: b }] }',
    'columns.1.name: the column "a" stands there twice',
  ],
  [
    'FP32, shape: [3], semantic: { meaning: columns, columns: [{ name: a }] }',
    'semantic.columns: there are 1, the last dimension of the shape is 3',
  ],
  ['FP32, shape: [n, 2], semantic: { meaning: probabilities, values: [a, b, c] }', 'semantic.values: there are 3'],
  ['FP32, shape: [], semantic: { meaning: embedding }', 'semantic.meaning: a single value has no last dimension'],
])('contradictionsOf() finds what is wrong in %s', (text, message) => {
  const problems = problemsOf(`{ name: x, datatype: ${text} }`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(message);
});

test('contradictionsOf() places each contradiction at its value', () => {
  expect(problemsOf('{ name: x, datatype: UINT8, shape: [], minimum: -3 }')).toEqual([
    '7:55 interface.inputs.0.minimum: -3 is beyond what UINT8 holds (0 to 255)',
  ]);
});

test('contradictionsOf() refuses a name twice on one side, not on two', () => {
  const input = '{ name: x, datatype: FP32, shape: [] }';
  expect(problemsOf(input, `[${input}]`)).toEqual([]);
  expect(problemsOf(input, `[${input}, ${input}]`)).toEqual([
    expect.stringMatching(/^8:\d+ interface\.outputs\.1\.name: "x" is the name of outputs\.0 too$/),
  ]);
});

test('a file whose meaning is none that is known is refused at its place', () => {
  try {
    problemsOf('{ name: x, datatype: FP32, shape: [], semantic: { meaning: smell } }');
    expect.unreachable();
  } catch (error) {
    expect((error as WaybillError).problems).toEqual([
      expect.objectContaining({
        line: 7,
        message: expect.stringMatching(/semantic\.meaning: expected one of the meanings text, /),
      }),
    ]);
  }
});

test('findingsOfInterface() tells of a package that is there already, and refuses nothing', () => {
  const text = `${HEAD}  inputs: [{ name: x, datatype: UINT8, shape: [], minimum: -3 }]\n  outputs: []\n`;
  expect(findingsOfInterface(parseWaybillFile(text))).toEqual([
    expect.objectContaining({ rule: 'interface-contradiction', level: 'warning', line: 6, column: 60 }),
  ]);
  expect(findingsOfInterface(parseWaybillFile(HEAD.replace('interface:\n', '')))).toEqual([]);
});
