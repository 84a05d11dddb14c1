/** The facts of one model, from its files and from what lies beside them. */
import type { ArchitectureRecord } from '../architecture/record/record.ts';
import { elementsOf } from '../model-file/tensor.ts';
import type { ModelSet, OpaqueModel } from '../model-set/model-set.ts';
import type { ReadModels } from '../model-set/read.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { Companions } from './companions.ts';
import type { DescribedModel } from './described-model.ts';
import type { BaseModelFact, Fact, ModelFacts, TokenizerFact } from './facts.ts';
import { precisionsOf } from './precision.ts';

export function factsOf({ set: main, companions, described }: DescribedModel): ModelFacts {
  const { record, layoutDigest, shapeDigest } = described;
  const { name, format, tensors } = main;
  const { config } = companions;
  // Several weights share a number there: what the tensors have is neither the count nor the type of the weights.
  const isPacked = format.id !== 'gguf' && record?.quantisation !== undefined;
  const hasTensors = tensors.length > 0;
  const tensorsOf = `${name}, names, types and shapes of its tensors`;
  return {
    files: main.files,
    format: { value: format.id, from: name },
    ...architectureFact(main, companions),
    ...fact('parameters', hasTensors && !isPacked ? countOf(main) : undefined, `${name}, its tensors`),
    ...fact('precision', isPacked ? undefined : precisionsOf(tensors), `${name}, the types of its tensors`),
    ...quantizationFact(main, record),
    ...(config?.contextLength === undefined
      ? fact('contextLength', main.contextLength, `${name}, its description`)
      : fact('contextLength', config.contextLength.tokens, `${config.file}, positions`)),
    ...textFacts(companions),
    ...fact('layoutDigest', hasTensors ? layoutDigest : undefined, tensorsOf),
    ...fact('shapeDigest', hasTensors ? shapeDigest : undefined, tensorsOf),
    baseModels: baseModelsOf(main, companions),
  };
}

/** What is known without weights that are read: of those in other formats. */
export function factsBeside({ sets, opaque }: ReadModels, companions: Companions): ModelFacts {
  const { config } = companions;
  return {
    files: [],
    ...(sets.length === 0 ? opaqueFormatFact(opaque) : {}),
    ...architectureFact(undefined, companions),
    ...fact('contextLength', config?.contextLength?.tokens, `${config?.file}, positions`),
    ...textFacts(companions),
    baseModels: baseModelsOf(undefined, companions),
  };
}

/** Of weights that are recognised and not read, where all are of one kind. */
function opaqueFormatFact(opaque: readonly OpaqueModel[]): Pick<ModelFacts, 'format'> {
  const formats = new Set(opaque.map(({ opaque }) => opaque.id.replace(/-legacy$/, '')));
  const [only, ...others] = formats;
  return fact('format', others.length === 0 ? only : undefined, `${opaque[0]?.file}, by its content; it is not read`);
}

function textFacts({ tokenizer, chatTemplate }: Companions): Pick<ModelFacts, 'tokenizer' | 'chatTemplate'> {
  return {
    ...fact('tokenizer', tokenizer && tokenizerFact(tokenizer), tokenizer?.source ?? ''),
    ...fact('chatTemplate', chatTemplate?.sha256, chatTemplate?.source ?? ''),
  };
}

function countOf({ tensors }: ModelSet): bigint {
  return tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0n);
}

function architectureFact(main: ModelSet | undefined, { config }: Companions): Pick<ModelFacts, 'architecture'> {
  const names = [...(config?.architectures ?? []), config?.modelType, main?.architecture].filter(
    (word) => word !== undefined,
  );
  const from = config !== undefined && config.architectures.length > 0 ? `${config.file}, architectures` : undefined;
  return fact(
    'architecture',
    names.length === 0 ? undefined : names,
    from ?? (config?.modelType === undefined ? `${main?.name}, its description` : `${config.file}, model_type`),
  );
}

function quantizationFact(
  { name, quantisation }: ModelSet,
  record: ArchitectureRecord | undefined,
): Pick<ModelFacts, 'quantization'> {
  const stated = record?.form === 'gguf' ? undefined : record?.quantisation?.method;
  return stated === undefined
    ? fact('quantization', quantisation, `${name}, its description`)
    : fact('quantization', stated, `${record?.source}, quantization_config`);
}

/** Added tokens that stand in the vocabulary too are counted once. */
function tokenizerFact({ kind, vocabularySize, vocabularyIdEnd, addedTokens }: Tokenizer): TokenizerFact {
  const added = new Set(addedTokens.filter(({ id }) => id >= vocabularyIdEnd).map(({ id }) => id));
  return { kind, vocabulary: vocabularySize + added.size };
}

/** Only names as hubs have them: paths of the machine where the model was saved say nothing. */
const HUB_NAME = /^[\w-][\w.-]*\/[\w.-]+$/;

function baseModelsOf(main: ModelSet | undefined, { adapter, config }: Companions): readonly Fact<BaseModelFact>[] {
  const found: Fact<BaseModelFact>[] = [];
  const add = (ref: string | undefined, from: string, rest: Omit<BaseModelFact, 'ref'>) => {
    if (ref !== undefined && HUB_NAME.test(ref) && !found.some(({ value }) => value.ref === ref))
      found.push({ value: { ref, ...rest }, from });
  };
  if (adapter !== undefined)
    add(adapter.baseModel, `${adapter.file}, base_model_name_or_path`, { relation: 'adapter', isHint: false });
  for (const [key, value] of main?.metadata ?? [])
    if (/^general\.base_model\.\d+\.repo_url$/.test(key) && typeof value === 'string')
      add(value.replace(/^https:\/\/huggingface\.co\//, ''), `${main?.name}, ${key}`, { isHint: false });
  // What a model was loaded from when it was saved is often its own name; for the folder of an adapter it is its base.
  if (adapter === undefined) add(config?.nameOrPath, `${config?.file}, _name_or_path`, { isHint: true });
  return found;
}

/** One fact under its key, or nothing. */
export function fact<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
  from: string,
): { [K in Key]?: Fact<Value> } {
  return value === undefined ? {} : ({ [key]: { value, from } } as { [K in Key]?: Fact<Value> });
}
