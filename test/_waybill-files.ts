/** Good and bad texts of waybill.yaml: the parser and the published schema must agree on each. */

const head = 'waybill: 1\nname: acme/digits\nversion: 1.0.0\n';
const packs = 'components: { weights: [weights/**] }\n';

/** A whole file with something more in it. */
const and = (more: string) => `${head}${packs}${more}\n`;
/** A whole file with another name, version or list of components. */
const but = ({ name = 'acme/digits', version = '1.0.0', components = '{ weights: [weights/**] }' }) =>
  `waybill: 1\nname: ${name}\nversion: ${version}\ncomponents: ${components}\n`;

export const good: Readonly<Record<string, string>> = {
  'the least': `${head}${packs}`,
  'a short name': but({ name: 'digits' }),
  'a name with all its signs': but({ name: 'a-b/c_d/e__f/g.h' }),
  'a name of one part that looks like a host': but({ name: 'digits.v2' }),
  'a pre-release with build': but({ version: '2.0.0-rc.1+build.5' }),
  'own keys everywhere': `${head}components: { weights: [a], x-why: [anything] }\nx-top: { y: 1 }\nowner: { x-phone: 1 }\n`,
  'a licence expression': and('licenses: { weights: (MIT OR Apache-2.0) AND LicenseRef-Acme }'),
  'a licence with an exception': and('licenses: { code: GPL-2.0-only WITH Classpath-exception-2.0 }'),
  'a Python predictor': and('runtime: { python: { entry: "inference/predict.py:Predictor" } }'),
  'a fallback that is null': and('lifecycle: { fallback: null, supportUntil: 2028-02-29, refreshEvery: 2w }'),
  'free parameters': and('interface: { inputs: [], outputs: [], parameters: { anything: { goes: true } } }'),
  'names of dimensions': and(
    'interface: { inputs: [{ name: x, datatype: FP16, shape: [batch, -1, 3] }], outputs: [] }',
  ),
  'meanings of all kinds': and(`interface:
  inputs:
    - { name: a, datatype: BYTES, shape: [n], required: false, semantic: { meaning: text, x-own: 1 } }
    - { name: b, datatype: BYTES, shape: [n], semantic: { meaning: json, schema: { type: object } } }
    - { name: c, datatype: FP32, shape: [n, 3, 8, 8], semantic: { meaning: image, layout: NCHW, colour: bgr, range: [0, 1], mean: [0.5], std: [0.2] } }
    - { name: d, datatype: INT16, shape: [n], semantic: { meaning: audio, sampleRate: 16000, channels: 1 } }
    - { name: e, datatype: INT64, shape: [n], semantic: { meaning: time, unit: ms } }
    - { name: f, datatype: FP32, shape: [n, 1], semantic: { meaning: columns, columns: [{ name: age, unit: a, values: [x] }] } }
    - { name: g, datatype: INT64, shape: [n, -1], semantic: { meaning: tokens, tokenizer: tokenizer.json } }
    - { name: h, datatype: BOOL, shape: [n, -1], semantic: { meaning: mask } }
  outputs:
    - { name: i, datatype: INT64, shape: [n], semantic: { meaning: label, values: [cat, dog] } }
    - { name: j, datatype: FP32, shape: [n, 2], semantic: { meaning: probabilities, values: [cat, dog] } }
    - { name: k, datatype: FP32, shape: [n, 8], semantic: { meaning: embedding, metric: cosine, normalised: true } }`),
  'a base model': and('model: { baseModels: [{ ref: acme/base:1, relation: finetune }], parameters: 1.5B }'),
  'a file named in a section': and('tests: tests/all of them.yaml'),
  'an environment of all kinds': and(
    'environment: { requires: { os: [linux], libc: { glibc: ">=2.28" }, cpuFeatures: [avx2, sse4_2], diskMiB: 10, accelerator: { kind: cuda, count: 2, memoryMiB: 1, driver: ">=535,!=540.*", computeCapability: "8.0" }, python: "~=3.11", libraries: { NumPy: ">=2,<3", torch: "==2.10.0+cu126", x: "" }, node: ">=24" } }',
  ),
  'patterns of all kinds': but({ components: '{ docs: ["**", "a?c.[ab]", "{x,y}/*", "..hidden"] }' }),
};

export const bad: Readonly<Record<string, string>> = {
  'no version': 'waybill: 1\nname: a\ncomponents: { weights: [a] }\n',
  'no components': head,
  'another file version': `waybill: 0.9\nname: a\nversion: 1.0.0\n${packs}`,
  'a file version that is text': `waybill: "1"\nname: a\nversion: 1.0.0\n${packs}`,
  'an empty list of components': but({ components: '{}' }),
  'only an own component': but({ components: '{ x-mine: [a] }' }),
  'an empty component': but({ components: '{ weights: [] }' }),
  'a component of another name': but({ components: '{ weights: [a], models: [b] }' }),
  'an absolute pattern': but({ components: '{ weights: [/etc/passwd] }' }),
  'a pattern that leaves the folder': but({ components: '{ weights: [a/../../b] }' }),
  'a pattern with backslashes': but({ components: "{ weights: ['a\\b'] }" }),
  'a name in upper case': but({ name: 'Acme/Digits' }),
  'a name with a host': but({ name: 'registry.example/acme/digits' }),
  'a name that begins with localhost': but({ name: 'localhost/digits' }),
  'a name that ends in a slash': but({ name: 'acme/' }),
  'a name with two dots': but({ name: 'acme..digits' }),
  'a version of two numbers': but({ version: "'1.0'" }),
  'a version that is a number': but({ version: '1.0' }),
  'a version with a leading v': but({ version: 'v1.0.0' }),
  'an unknown key at the top': and('sumary: typo'),
  'an unknown key in owner': and('owner: { teem: vision }'),
  'an unknown key in model': and('model: { tasks: [] }'),
  'an unknown key in a base model': and('model: { baseModels: [{ ref: a, digset: b }] }'),
  'an unknown key in a tensor': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], min: 0 }], outputs: [] }',
  ),
  'an unknown key in a tolerance': and(
    'interface: { inputs: [], outputs: [], examples: [{ request: a, tolerance: { rel: 1 } }] }',
  ),
  'an unknown key in batch': and('runtime: { engine: onnx, batch: { maximum: 3 } }'),
  'an unknown key in requires': and('environment: { requires: { memory: 3 } }'),
  'an unknown key in accelerator': and('environment: { requires: { accelerator: { kind: cuda, memory: 3 } } }'),
  'an unknown key in a secret': and('secrets: [{ name: A, value: hunter2 }]'),
  'an unknown key in evaluation': and('documentation: { evaluation: { data: [a] } }'),
  'an unknown key in provenance': and('provenance: { run: a }'),
  'an unknown key in lifecycle': and('lifecycle: { until: 2027-01-01 }'),
  'engine and python': and('runtime: { engine: onnx, python: { entry: "a.py:B" } }'),
  'neither engine nor python': and('runtime: { model: a }'),
  'an engine that is not known': and('runtime: { engine: tensorflow }'),
  'a datatype that is not known': and('interface: { inputs: [{ name: x, datatype: float, shape: [] }], outputs: [] }'),
  'a meaning that is not known': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: smell } }], outputs: [] }',
  ),
  'a semantic without meaning': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { unit: cm } }], outputs: [] }',
  ),
  'a semantic in a word': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: text }], outputs: [] }',
  ),
  'a key of another meaning': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: text, unit: cm } }], outputs: [] }',
  ),
  'a layout that is none': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: image, layout: CWH } }], outputs: [] }',
  ),
  'a range of one number': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: image, range: [0] } }], outputs: [] }',
  ),
  'a media type in a word': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: image, mediaTypes: [png] } }], outputs: [] }',
  ),
  'an unknown key of a column': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: columns, columns: [{ name: a, typ: b }] } }], outputs: [] }',
  ),
  'no columns at all': and(
    'interface: { inputs: [{ name: x, datatype: FP32, shape: [], semantic: { meaning: columns, columns: [] } }], outputs: [] }',
  ),
  'an output that is required': and(
    'interface: { inputs: [], outputs: [{ name: x, datatype: FP32, shape: [], required: true }] }',
  ),
  'outputs missing': and('interface: { inputs: [] }'),
  'a licence in words': and('licenses: { weights: Apache License 2.0 }'),
  'a licence that is an operator': and('licenses: { weights: OR }'),
  'a licence that ends in an operator': and('licenses: { weights: MIT AND }'),
  'an empty licence': and("licenses: { weights: '' }"),
  'a file outside the folder': and('tests: ../tests.yaml'),
  'a file with a drive': and('tests: C:/tests.yaml'),
  'a file with an empty part': and('tests: a//b'),
  'a file with a backslash': and("tests: 'a\\b'"),
  'an absolute file': and('tests: /tests.yaml'),
  'a day that is none': and('lifecycle: { supportUntil: 2027-02-30 }'),
  'a period in words': and('lifecycle: { refreshEvery: monthly }'),
  'a language of three letters': and('model: { languages: [eng] }'),
  'a range of Python that is a number': and('environment: { requires: { python: 3.11 } }'),
  'a range of Python without an operator': and('environment: { requires: { python: "3.11" } }'),
  'a range of a library as npm has them': and('environment: { requires: { libraries: { numpy: ^2.0 } } }'),
  'a range that is empty': and("environment: { requires: { python: '' } }"),
  'a library with a space in its name': and("environment: { requires: { libraries: { 'num py': '' } } }"),
  'a compute capability that is a number': and(
    'environment: { requires: { accelerator: { kind: cuda, computeCapability: 8.0 } } }',
  ),
  'half an accelerator': and('environment: { requires: { accelerator: { kind: cuda, count: 0.5 } } }'),
  'a C library that is none': and('environment: { requires: { libc: {} } }'),
  'an image without digest': and('environment: { requires: { baseImage: "python:3.12" } }'),
  'a secret with a dash': and('secrets: [{ name: DB-URL }]'),
  'an empty summary': and("summary: ''"),
  'a list in place of text': and('summary: [a]'),
};

/** What only the parser can know: a regular expression cannot count. */
export const badForTheParserAlone: Readonly<Record<string, string>> = {
  'a version that is none': and('environment: { requires: { python: ">=three" } }'),
  'a wildcard behind an order': and('environment: { requires: { libraries: { numpy: ">=2.*" } } }'),
  'one library under two names': and('environment: { requires: { libraries: { NumPy: "", numpy: "" } } }'),
  'a parenthesis that stays open': and('licenses: { weights: (MIT OR ISC }'),
};
