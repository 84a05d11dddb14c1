import { expect, test } from 'vitest';
import { parseWaybillFile } from '../waybill-file/parse.ts';
import { compareFacts } from './compare.ts';
import type { ModelFacts } from './facts.ts';

const fact = <Value>(value: Value) => ({ value, from: 'the file' });
const FACTS: ModelFacts = {
  files: ['m.onnx'],
  format: fact('onnx'),
  architecture: fact(['LlamaForCausalLM', 'llama']),
  parameters: fact(7_241_732_096n),
  precision: fact(['float16', 'float32']),
  quantization: fact('Q4_K_M'),
  contextLength: fact(4096),
  tokenizer: fact({ kind: 'BPE', vocabulary: 32_000 }),
  baseModels: [],
  interface: fact({
    file: 'm.onnx',
    inputs: [
      { name: 'image', dtype: 'F32', shape: ['batch', 64] },
      { name: 'mask', dtype: 'BOOL', shape: [-1] },
    ],
    outputs: [
      { name: 'label', dtype: 'I64', shape: [-1] },
      { name: 'scores', dtype: 'sequence(map(int64,tensor(float)))' },
    ],
  }),
};

function differences(lines: string): string[] {
  const { file } = parseWaybillFile(`waybill: 1\nname: a\nversion: 1.0.0\ncomponents: { weights: [m.onnx] }\n${lines}`);
  return compareFacts(file, FACTS).map(({ at, message }) => `${at.join('.')}: ${message}`);
}

test.each([
  'model: { format: ONNX, architecture: llama, parameters: 7B, precision: fp16, quantization: q4_k_m, contextLength: 4096 }',
  'model: { architecture: transformer, precision: "float32, float16", parameters: 7.2b, tokenizer: { kind: bpe } }',
  'model: { architecture: llama-for-causal-lm, tokenizer: { kind: BPE, vocabulary: 32000 } }',
  'interface: { inputs: [{ name: image, datatype: FP32, shape: [-1, 64] }, { name: mask, datatype: BOOL, shape: [4] }], outputs: [] }',
  'interface: { inputs: [{ name: image, datatype: FP32, shape: [n, 64] }, { name: mask, datatype: BOOL, shape: [n] }], outputs: [{ name: scores, datatype: FP32, shape: [-1, 3] }] }',
  'interface: { inputs: [{ name: question, datatype: BYTES, shape: [1] }], outputs: [] }\nruntime: { python: { entry: "p.py:P" } }',
])('compareFacts() has nothing against %s', (lines) => expect(differences(lines)).toEqual([]));

test.each([
  ['model: { format: gguf }', 'model.format: it is stated as gguf, and is onnx (the file)'],
  [
    'model: { architecture: bert }',
    'model.architecture: it is stated as bert, and is LlamaForCausalLM, llama (the file)',
  ],
  ['model: { parameters: 13B }', 'model.parameters: it is stated as 13B, and is 7,241,732,096 (the file)'],
  ['model: { precision: float32 }', 'model.precision: it is stated as float32, and is float16, float32 (the file)'],
  [
    'model: { precision: "float16,int8" }',
    'model.precision: it is stated as float16,int8, and is float16, float32 (the file)',
  ],
  ['model: { quantization: awq }', 'model.quantization: it is stated as awq, and is Q4_K_M (the file)'],
  ['model: { contextLength: 8192 }', 'model.contextLength: it is stated as 8192, and is 4096 (the file)'],
  [
    'model: { tokenizer: { kind: BPE, vocabulary: 32001 } }',
    'model.tokenizer: it is stated as BPE of 32001 tokens, and is BPE of 32000 tokens (the file)',
  ],
  [
    'interface: { inputs: [{ name: image, datatype: FP32, shape: [-1, 63] }], outputs: [] }',
    'interface.inputs.0: image: its shape is [-1, 63], the file has [batch, 64] (the file)\ninterface.inputs: the input mask of m.onnx is not declared',
  ],
  [
    'interface: { inputs: [{ name: image, datatype: FP32, shape: [-1, -1] }, { name: mask, datatype: BOOL, shape: [1] }], outputs: [] }',
    'interface.inputs.0: image: its shape is [-1, -1], the file has [batch, 64] (the file)',
  ],
  [
    'interface: { inputs: [{ name: image, datatype: FP64, shape: [-1, 64] }, { name: mask, datatype: BOOL, shape: [1, 1] }], outputs: [] }',
    'interface.inputs.0: image: its datatype is FP64, the file has FP32 (the file)\ninterface.inputs.1: mask: its shape is [1, 1], the file has [-1] (the file)',
  ],
  [
    'interface: { inputs: [{ name: image, datatype: FP32, shape: [-1, 64] }, { name: mask, datatype: BOOL, shape: [1] }], outputs: [{ name: labels, datatype: INT64, shape: [-1] }] }',
    'interface.outputs.0: labels: m.onnx has no such tensor among its outputs (label, scores) (the file)',
  ],
])('compareFacts() objects to %s', (lines, expected) => expect(differences(lines).join('\n')).toBe(expected));
