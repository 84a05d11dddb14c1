/** docs/reference/architecture.md: what is known of a network without running it, and what must hold. */
import { layoutVerdicts } from '../../src/model/architecture/compare.ts';
import { invariants } from '../../src/model/architecture/invariants/index.ts';
import { families } from '../../src/model/architecture/network/families.ts';
import { sizeKeys } from '../../src/model/huggingface/size-keys.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const verdictMeanings: Readonly<Record<(typeof layoutVerdicts)[number], string>> = {
  exact: 'the same names, element types and shapes',
  'shape-compatible': 'the same names and shapes; element types differ, as after a cast',
  subset: 'the first lacks tensors of the second; those that both have are of the same shape',
  superset: 'the first has tensors that the second lacks; those that both have are of the same shape',
  mismatch: 'shapes differ, or each has tensors that the other lacks',
  unknown: 'of one of the two no tensors could be read; never a yes',
};

export function architecturePage(): string {
  return page(
    generatedFrom('src/model/architecture'),
    '# Architecture',
    'Names, types and shapes of tensors say which network weights belong to; `config.json`, or the keys of a GGUF file, say which network somebody meant. Waybill reads both, compares them, and runs nothing.',
    '## Digests',
    'The **layout digest** is the SHA-256 of canonical JSON (RFC 8785) `[[name, type, shape], …]`, sorted by the UTF-8 bytes of the names, over the tensors of all files of a model. The **shape digest** is the same of `[[name, shape], …]`: a cast to another element type does not change it. Types are called as in safetensors, those of GGUF that safetensors does not have as in ggml; shapes are row-major, so those of GGUF are turned round.',
    '```text\n[["a.weight","F32",[2,3]],["b.weight","BF16",[2]]]\n```',
    '## Verdicts',
    'Two layouts compare as one of these:',
    table(
      ['verdict', 'means'],
      layoutVerdicts.map((verdict) => [code(verdict), verdictMeanings[verdict]]),
    ),
    '## Architecture record',
    'What a model says of its network, in one set of words. Of a model of text and images it is the part for text. A value for each layer counts when all are the same; a value of another type is a finding, `model-config-value`.',
    table(
      ['size', 'keys in `config.json`, the first that is there'],
      Object.entries(sizeKeys).map(([size, keys]) => [code(size), keys.map(code).join(', ')]),
    ),
    'Beside the sizes: `modelType`, `architectures`, `tiedEmbeddings`, `quantisation`, and `source`, the file that says it.',
    '## Invariants',
    'What must hold between record and tensors. An invariant that cannot judge says nothing: of kinds of networks that are not in the table below, of sizes that are not said, of packed weights whose form is not known, of what is not text in a model of text and images, of models that bring code of their own (`auto_map`), of other formats than safetensors and GGUF, whose converters rename tensors. The names and shapes of the kinds from `config.json` are held to what transformers itself makes of each.',
    table(
      ['invariant', 'holds', 'needs', 'finding'],
      invariants.map(({ id, title, needs, rules }) => [id, title, needs, rules.map(code).join(' ')]),
    ),
    'Embeddings with more rows than the vocabulary are right when their number is a multiple of 8: programs pad them. Layers behind the last are right when they are those that `num_nextn_predict_layers` counts.',
    '## Kinds of networks',
    'By the words of `model_type` in `config.json`, or of `general.architecture` in GGUF. In kinds of **like layers** each layer must have the same tensors.',
    table(
      ['names as in', 'kinds', 'of them with like layers'],
      families.map(({ id, modelTypes, uniform }) => [id, modelTypes.join(', '), likeLayers(modelTypes, uniform)]),
    ),
    '## Adapters',
    'A LoRA adapter of PEFT (`adapter_config.json`) or in GGUF (`general.type` is `adapter`) is held to its base: each module exists there, the matrices have its inputs and outputs, both of a pair have one rank, the one that is stated (`r`, `rank_pattern`). Magnitudes (DoRA), embeddings and whole modules (`modules_to_save`) too. `target_modules` that are a pattern are not judged, nor are adapters of other kinds, nor pairs for experts in one tensor.',
  );
}

function likeLayers(modelTypes: readonly string[], uniform: readonly string[]): string {
  if (uniform.length === modelTypes.length) return 'all';
  return uniform.length === 0 ? 'none' : uniform.join(', ');
}
