/** `config.json` of a Hugging Face model: what kind of network it is, and how large. https://huggingface.co/docs/transformers/main_classes/configuration */
import type { Finding } from '../../base/finding.ts';
import { Fields, isCount } from '../json/fields.ts';
import { isObject, type JsonFile, readObject } from '../json/read-object.ts';
import { type ContextLength, readContextLength } from './context-length.ts';
import { type QuantizationConfig, readQuantization } from './quantization-config.ts';
import { type Sizes, sizeKeys } from './size-keys.ts';

/** Configurations have some KB; those with a label for each of thousands of classes up to 1 MB. */
const MAX_CONFIG_SIZE = 16 * 1024 * 1024;

/** One network; a model of text and images holds one for each. */
export interface NetworkConfig {
  readonly modelType?: string;
  readonly sizes: Sizes;
  readonly contextLength?: ContextLength;
  /** Whether the output layer is the embedding, where it says. */
  readonly tiedEmbeddings?: boolean;
  /** Safetensors' word for the type that weights were saved in. */
  readonly dtype?: string;
}

export interface ModelConfig extends NetworkConfig {
  readonly file: string;
  /** Classes that use the weights. */
  readonly architectures: readonly string[];
  /** By key: `text_config`, `vision_config`, … */
  readonly parts: ReadonlyMap<string, NetworkConfig>;
  readonly quantization?: QuantizationConfig;
  /** Where it was loaded from when it was saved: a hint at the model that it was made from. */
  readonly nameOrPath?: string;
  /** Python code in the same folder or in another repository, which loads with `trust_remote_code`: class by class. */
  readonly remoteCode: ReadonlyMap<string, string>;
  readonly transformersVersion?: string;
  /** All of it, for what only one family of models has. */
  readonly fields: Fields;
  readonly findings: readonly Finding[];
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED */
export function readModelConfig(file: JsonFile): ModelConfig {
  const findings: Finding[] = [];
  const fields = new Fields(readObject(file, MAX_CONFIG_SIZE), { file: file.name, findings });
  const nameOrPath = fields.text('_name_or_path');
  const version = fields.text('transformers_version');
  const quantization = readQuantization(fields);
  return {
    file: file.name,
    ...readNetwork(fields),
    architectures: fields.texts('architectures') ?? [],
    parts: readParts(fields),
    ...(quantization === undefined ? {} : { quantization }),
    ...(nameOrPath === undefined || nameOrPath === '' ? {} : { nameOrPath }),
    remoteCode: readRemoteCode(fields),
    ...(version === undefined ? {} : { transformersVersion: version }),
    fields,
    findings,
  };
}

function readNetwork(fields: Fields): NetworkConfig {
  const modelType = fields.text('model_type');
  const contextLength = readContextLength(fields, readSize(fields, 'maxPositions'));
  const tiedEmbeddings = fields.flag('tie_word_embeddings');
  const dtype = readDtype(fields);
  return {
    ...(modelType === undefined ? {} : { modelType }),
    sizes: readSizes(fields),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(tiedEmbeddings === undefined ? {} : { tiedEmbeddings }),
    ...(dtype === undefined ? {} : { dtype }),
  };
}

function readParts(fields: Fields): ReadonlyMap<string, NetworkConfig> {
  const parts = new Map<string, NetworkConfig>();
  for (const [key, value] of Object.entries(fields.object)) {
    const inner = key.endsWith('_config') && isObject(value) ? fields.inner(key) : undefined;
    const network = inner && key !== 'quantization_config' ? readNetwork(inner) : undefined;
    if (network !== undefined && (network.modelType !== undefined || network.sizes.hiddenSize !== undefined))
      parts.set(key, network);
  }
  return parts;
}

function readSizes(fields: Fields): Sizes {
  const names = Object.keys(sizeKeys) as (keyof Sizes)[];
  const found = names.map((name) => [name, readSize(fields, name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function readSize(fields: Fields, name: keyof Sizes): number | undefined {
  const key = sizeKeys[name].find((key) => fields.has(key));
  if (key === undefined) return undefined;
  const value = fields.raw(key);
  // Some families have a value for each layer.
  if (Array.isArray(value) && value.length > 0 && value.every(isCount))
    return value.every((each) => each === value[0]) ? value[0] : undefined;
  // Written by programs that mean "none"; or a value for each part of a model.
  if (value === false || value === -1 || isObject(value)) return undefined;
  return fields.count(key);
}

const DTYPES: Readonly<Record<string, string>> = {
  float64: 'F64',
  float32: 'F32',
  float: 'F32',
  float16: 'F16',
  half: 'F16',
  bfloat16: 'BF16',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  int8: 'I8',
  uint8: 'U8',
};

function readDtype(fields: Fields): string | undefined {
  const key = fields.has('dtype') ? 'dtype' : 'torch_dtype';
  const name = fields.text(key)?.replace(/^torch\./, '');
  return name !== undefined && Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
}

/** Values are a class, or for tokenizers a list of two of which one may be missing. */
function readRemoteCode(fields: Fields): ReadonlyMap<string, string> {
  const inner = fields.inner('auto_map');
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(inner?.object ?? {})) {
    const classes = (Array.isArray(value) ? value : [value]).filter((each) => each !== null);
    if (classes.every((each) => typeof each === 'string')) found.set(key, classes.join(', '));
    else inner?.refuse(key, 'the name of a class');
  }
  return found;
}
