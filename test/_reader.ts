/** What a reader of the documentation has before the first line: a `waybill` command, two model folders, a store. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { safetensorsOf } from './_support/model-files.ts';
import { TINY_SAFETENSORS, writeFiles } from './_tiny.ts';

export interface Reader {
  /** Where the reader stands. */
  readonly folder: string;
  readonly environment: Record<string, string>;
}

/** A file that is older than the digest cache waits for. */
const LONG_AGO = new Date('2026-01-05T12:00:00Z');
const LICENCE_TEXT = `${' '.repeat(33)}Apache License\n${' '.repeat(27)}Version 2.0, January 2004\n`;

/** Weights that look like some: numbers that do not compress. */
function weights(size: number): Buffer {
  return Buffer.concat([TINY_SAFETENSORS, numbersOf(size)]);
}

/** A small BERT, whose header says what is so. */
function bert(): Buffer {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'bert.embeddings.word_embeddings.weight': [1000, 64],
    'bert.pooler.dense.weight': [64, 64],
    'classifier.weight': [2, 64],
    'classifier.bias': [2],
  };
  let size = 0;
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const start = size;
    size += 4 * shape.reduce((product, length) => product * length, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, size] }];
  });
  return safetensorsOf(JSON.stringify(Object.fromEntries(tensors)), numbersOf(size));
}

function numbersOf(size: number): Buffer {
  const numbers = Buffer.alloc(size);
  for (let at = 0, state = 1; at < size; at++) {
    state = (state * 48_271) % 2_147_483_647;
    numbers[at] = state & 0xff;
  }
  return numbers;
}

/** Of three words. */
const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: { kind: 0, rude: 1, '[UNK]': 2 }, unk_token: '[UNK]' },
};

/** A folder that came from somewhere, without a waybill.yaml. */
const SENTIMENT = {
  LICENSE: LICENCE_TEXT,
  'README.md':
    '---\nlicense: apache-2.0\npipeline_tag: text-classification\nlanguage: en\n---\n# Sentiment\n\nSays whether a review is kind.\n',
  'config.json':
    '{"architectures":["BertForSequenceClassification"],"model_type":"bert","hidden_size":64,"vocab_size":1000}\n',
  'inference/predict.py': 'print("kind")\n',
  'model.safetensors': bert(),
  'tokenizer.json': `${JSON.stringify(TOKENIZER)}\n`,
};

/** A folder with a waybill.yaml, in a version of its own. */
function digits(version: string): Record<string, string | Buffer> {
  return {
    LICENSE: LICENCE_TEXT,
    'README.md': `# Digits ${version}\n`,
    'config.json': '{"hidden":64}\n',
    'inference/predict.py': 'print(7)\n',
    'weights/model.onnx': weights(40_000),
    'waybill.yaml': `waybill: 1
name: acme/digits
version: ${version}
summary: Recognises handwritten digits
licenses: { weights: Apache-2.0, code: Apache-2.0 }
components:
  weights: [weights/**]
  config: [config.json]
  code: [inference/**]
  docs: [README.md, LICENSE]
`,
  };
}

/** What MLflow saves of a scikit-learn model that was logged in a run. */
const IRIS = {
  MLmodel: `flavors:
  python_function:
    env: { conda: conda.yaml, virtualenv: python_env.yaml }
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.7
  sklearn: { pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.9.1 }
mlflow_version: 3.17.2
model_uuid: b4f18b93112e47e6bae6945b943b1b1e
run_id: 0c51ad93c5a04a1b8aa4e8a0b4e7d8f1
saved_input_example_info: { artifact_path: input_example.json, type: dataframe, pandas_orient: split }
signature:
  inputs: '[{"type": "double", "name": "petal length (cm)", "required": true}, {"type": "double", "name": "petal width (cm)", "required": true}]'
  outputs: '[{"type": "tensor", "name": "species", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
`,
  // A pickle of protocol 4 that holds None.
  'model.pkl': Buffer.from('80044e2e', 'hex'),
  'conda.yaml': 'dependencies:\n- python=3.11.7\n- pip:\n  - -r requirements.txt\n',
  'python_env.yaml': 'python: 3.11.7\n',
  'requirements.txt': 'mlflow==3.17.2\nscikit-learn==1.9.1\n',
  'input_example.json': '{"columns": ["petal length (cm)", "petal width (cm)"], "data": [[1.4, 0.2], [4.7, 1.4]]}',
};

/** Makes readers; disposing removes all of them. */
export class Library implements Disposable {
  readonly #root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-docs-')));
  #count = 0;

  constructor() {
    const command = `#!/bin/sh\nexec '${path.resolve('node_modules/.bin/node')}' '${path.resolve('src/cli/main.ts')}' "$@"\n`;
    writeFiles(this.#root, { 'bin/waybill': command });
    fs.chmodSync(path.join(this.#root, 'bin/waybill'), 0o755);
    this.#fillShelf(path.join(this.#root, 'shelf'));
  }

  /** @param isNew whether nothing has been packed yet */
  reader(isNew: boolean): Reader {
    const home = path.join(this.#root, `home-${this.#count++}`);
    fs.mkdirSync(path.join(home, '.local/share/waybill'), { recursive: true });
    if (!isNew)
      fs.cpSync(path.join(this.#root, 'shelf/store'), path.join(home, '.local/share/waybill/store'), {
        recursive: true,
      });
    const folder = path.join(home, 'work');
    writeFiles(folder, under('sentiment', SENTIMENT));
    writeFiles(folder, under('iris', IRIS));
    writeFiles(folder, under('digits', digits('1.2.0')));
    makeHubCache(path.join(home, '.cache/huggingface/hub'));
    for (const entry of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      fs.utimesSync(path.join(folder, entry), LONG_AGO, LONG_AGO);
    return { folder, environment: this.#environment(home) };
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.#root, { recursive: true, force: true });
  }

  #environment(home: string): Record<string, string> {
    return {
      PATH: [path.join(this.#root, 'bin'), process.env['PATH']].join(path.delimiter),
      HOME: home,
      // The same folders on macOS as elsewhere, so that documents can name them.
      XDG_DATA_HOME: path.join(home, '.local/share'),
      XDG_CACHE_HOME: path.join(home, '.cache'),
      LC_ALL: 'C.UTF-8',
      // Every command is a process of its own: the second one starts twice as fast.
      NODE_COMPILE_CACHE: path.join(this.#root, 'compiled'),
    };
  }

  /** Three versions of one model, packed once and copied for every reader. */
  #fillShelf(shelf: string): void {
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      const folder = path.join(shelf, version);
      writeFiles(folder, digits(version));
      const words = ['pack', folder, '--quiet', '--store', path.join(shelf, 'store')];
      execFileSync(path.join(this.#root, 'bin/waybill'), words, { env: this.#environment(shelf), stdio: 'pipe' });
    }
  }
}

const under = (folder: string, files: Readonly<Record<string, string | Buffer>>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

/** The cache of the Hugging Face hub: a snapshot is made of links into `blobs`. */
function makeHubCache(hub: string): void {
  const repository = path.join(hub, 'models--acme--sentiment');
  const snapshot = path.join(repository, 'snapshots', '9b6f3e2');
  fs.mkdirSync(snapshot, { recursive: true });
  for (const [index, [name, content]] of Object.entries(SENTIMENT).entries()) {
    if (name.includes('/')) continue;
    const blob = `blob${index}`;
    writeFiles(path.join(repository, 'blobs'), { [blob]: content });
    fs.symlinkSync(path.join('../../blobs', blob), path.join(snapshot, name));
  }
}
