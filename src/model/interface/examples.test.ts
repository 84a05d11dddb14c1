import { expect, test } from 'vitest';
import { parseWaybillFile } from '../waybill-file/parse.ts';
import { problemsOfExamples } from './examples.ts';
import { readMessage } from './message.ts';

const declared = parseWaybillFile(`waybill: 1
name: a
version: 1.0.0
components: { weights: [a] }
interface:
  inputs:
    - { name: image, datatype: FP32, shape: [batch, 4], minimum: 0, maximum: 16 }
    - { name: id, datatype: INT64, shape: [batch] }
  outputs:
    - { name: label, datatype: BYTES, shape: [batch], enum: [cat, dog] }
    - { name: score, datatype: FP32, shape: [batch] }
  examples: [{ request: in.json, response: out.json }]
`).file.interface;
if (declared === undefined) throw new Error('there is no interface');
const known = declared;

const image = { name: 'image', datatype: 'FP32', shape: [1, 4], data: [[0, 1, 2, 16]] };
const id = { name: 'id', datatype: 'INT64', shape: [1], data: [7] };
const label = { name: 'label', datatype: 'BYTES', shape: [1], data: ['cat'] };
const score = { name: 'score', datatype: 'FP32', shape: [1], data: [0.5] };

function problemsOf(request: unknown, response: unknown = { outputs: [label, score] }): string[] {
  const text = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const files = new Map([
    ['in.json', text(request)],
    ['out.json', text(response)],
  ]);
  return problemsOfExamples(known, (path) => files.get(path)).map(({ at, message }) => `${at.at(-1)} ${message}`);
}

test('problemsOfExamples() finds nothing in a request and a response that fit', () => {
  expect(problemsOf({ inputs: [image, id] })).toEqual([]);
  expect(problemsOf({ inputs: [{ ...image, data: [0, 1, 2, 16] }, id] })).toEqual([]);
  expect(problemsOf({ inputs: [image, id], outputs: [{ name: 'score' }] }, { outputs: [score] })).toEqual([]);
});

test.each<[string, unknown, unknown, string]>([
  ['no JSON', '{', undefined, 'request in.json: it is not JSON'],
  [
    'a key twice',
    '{"inputs":[],"inputs":[]}',
    undefined,
    'request in.json: the key "inputs" stands twice in one object',
  ],
  ['no inputs', {}, undefined, 'request in.json: it has no list "inputs"'],
  ['no data', { inputs: [{ ...image, data: undefined }] }, undefined, 'request in.json: inputs[0] has no data'],
  [
    'a wrong width',
    { inputs: [{ ...image, shape: [1, 3], data: [1, 2, 3] }, id] },
    undefined,
    'dimension 1 of input "image" is 3, declared is 4',
  ],
  [
    'two batch sizes',
    { inputs: [image, { ...id, shape: [2], data: [1, 2] }] },
    undefined,
    'dimension 0 of input "id" is 2, but batch is 1 in dimension 0 of input "image"',
  ],
  [
    'another batch size in the response',
    { inputs: [image, id] },
    { outputs: [{ ...label, shape: [2], data: ['cat', 'dog'] }, score] },
    'response out.json: dimension 0 of output "label" is 2, but batch is 1',
  ],
  [
    'a value out of range',
    { inputs: [{ ...image, data: [[0, 1, 2, 17]] }, id] },
    undefined,
    'input "image": 17 at [0, 3] is above the maximum, 16',
  ],
  [
    'too few values',
    { inputs: [{ ...image, data: [0, 1] }, id] },
    undefined,
    'input "image": its shape [1, 4] has 4 values, its data has 2',
  ],
  [
    'data of another shape',
    {
      inputs: [
        {
          ...image,
          data: [
            [0, 1],
            [2, 3],
          ],
        },
        id,
      ],
    },
    undefined,
    'its data is not nested as its shape [1, 4] is',
  ],
  [
    'a fraction for a whole number',
    { inputs: [image, { ...id, data: [0.5] }] },
    undefined,
    'input "id": 0.5 at [0] is not a whole number',
  ],
  [
    'a text that is none of enum',
    { inputs: [image, id] },
    { outputs: [{ ...label, data: ['cow'] }, score] },
    '"cow" at [0] is none of the values of enum',
  ],
  [
    'an output that is not declared',
    { inputs: [image, id], outputs: [{ name: 'x' }] },
    { outputs: [] },
    'output "x" is not declared',
  ],
  [
    'an output that is missing',
    { inputs: [image, id] },
    { outputs: [label] },
    'response out.json: output "score" is missing',
  ],
  ['a null', { inputs: [{ ...image, data: [null, 1, 2, 3] }, id] }, undefined, 'null at [0, 0] is not a number'],
])('problemsOfExamples() refuses %s', (_, request, response, message) => {
  expect(problemsOf(request, response).join('\n')).toContain(message);
});

test('readMessage() keeps whole numbers beyond 2^53 exact', () => {
  const text =
    '{"inputs":[{"name":"id","datatype":"INT64","shape":[2],"data":[9007199254740993,-9223372036854775808]}]}';
  const message = readMessage(Buffer.from(text), 'inputs', 'in.json');
  expect('tensors' in message && message.tensors[0]?.data).toEqual([9007199254740993n, -9223372036854775808n]);
  expect(
    problemsOf(
      text.replace('}]}', `},${JSON.stringify({ ...image, shape: [2, 4], data: [1, 1, 1, 1, 1, 1, 1, 1] })}]}`),
      {
        outputs: [
          { ...label, shape: [2], data: ['cat', 'dog'] },
          { ...score, shape: [2], data: [1, 2] },
        ],
      },
    ),
  ).toEqual([]);
  expect(problemsOf({ inputs: [image] }).join()).toContain('"id" is missing');
});
