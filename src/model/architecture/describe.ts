/** Puts together what is known of a model's architecture: record, digests, and what does not fit. */
import type { Finding } from '../../base/finding.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ModelConfig } from '../huggingface/config.ts';
import { isObject } from '../json/read-object.ts';
import type { ModelFile } from '../model-file/format.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { invariants } from './invariants/index.ts';
import { digestLayout, type LayoutTensor } from './layout.ts';
import { findNetwork } from './network/find.ts';
import { recordFromConfig } from './record/from-config.ts';
import { recordFromGguf } from './record/from-gguf.ts';
import type { ArchitectureRecord } from './record/record.ts';

export interface ArchitectureSources {
  /** The name of the model, for messages. */
  readonly name: string;
  /** The id of its format: `safetensors`, `gguf`, … */
  readonly format: string;
  /** Of all files of the model; not of a part of them, which would be judged as if the rest were missing. */
  readonly tensors: readonly LayoutTensor[];
  /** `config.json`, if there is one. */
  readonly config?: ModelConfig;
  /** What a GGUF file says of itself, or the first of several. */
  readonly gguf?: Pick<ModelFile, 'metadata' | 'architecture' | 'quantisation'>;
  readonly tokenizer?: Tokenizer;
}

export interface Architecture {
  readonly record?: ArchitectureRecord;
  readonly layoutDigest: Digest;
  readonly shapeDigest: Digest;
  /** What does not fit, and what could not be used of the configuration. */
  readonly findings: readonly Finding[];
}

/** Classes of transformers; others are of programs that build a network of their own. */
const CLASS =
  /(?:Model|ForCausalLM|ForMaskedLM|ForPreTraining|ForConditionalGeneration|ForSequenceClassification|ForTokenClassification|ForQuestionAnswering|ForMultipleChoice|ForImageClassification|ForAudioClassification|ForMaskedImageModeling)$/;

/** Formats whose tensors have the names that the network gives them. Converters to others fold, turn and rename. */
const NAMED_FORMATS = ['safetensors', 'gguf'];

/** @throws WaybillError FORMAT_INVALID for two tensors of one name */
export function describeArchitecture(sources: ArchitectureSources): Architecture {
  const { tensors, config, tokenizer, gguf } = sources;
  const digests = digestLayout(tensors);
  const record = recordOf(sources);
  const findings = [...(config?.findings ?? [])];
  if (record === undefined) return { ...digests, findings };
  if (!canBeJudged(sources)) return { record, ...digests, findings };
  const subject = {
    tensors,
    record,
    network: findNetwork(tensors, record),
    tokenizer,
    metadata: gguf?.metadata ?? new Map(),
  };
  findings.push(...invariants.flatMap((invariant) => invariant.check(subject)));
  return { record, ...digests, findings };
}

/** What the weights say themselves comes first. */
function recordOf({ name, gguf, config }: ArchitectureSources): ArchitectureRecord | undefined {
  return (gguf && recordFromGguf(gguf, name)) ?? (config && recordFromConfig(config));
}

/** Not what brings code of its own: the kind that it names is only where that began. */
function canBeJudged({ format, config, gguf, tensors }: ArchitectureSources): boolean {
  if (!NAMED_FORMATS.includes(format)) return false;
  if (gguf !== undefined) {
    const [type, count] = [gguf.metadata.get('general.type'), gguf.metadata.get('split.tensors.count')];
    return (type === undefined || type === 'model') && (typeof count !== 'number' || count === tensors.length);
  }
  if (config === undefined || config.remoteCode.size > 0) return false;
  const pruned = config.fields.raw('pruned_heads');
  const isPruned = isObject(pruned) && Object.keys(pruned).length > 0;
  return !isPruned && config.architectures.every((name) => CLASS.test(name));
}
