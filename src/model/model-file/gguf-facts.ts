/** What the keys of a GGUF file say beside the architecture: `docs/gguf.md` of ggml, "Standardized key-value pairs". */
import type { MetadataValue, ModelFile } from './format.ts';

type Metadata = ReadonlyMap<string, MetadataValue>;

const TEMPLATE = 'tokenizer.chat_template';

/** @param refuse makes the error of parts that cannot be */
export function ggufFacts(
  metadata: Metadata,
  refuse: (found: string) => Error,
): Pick<ModelFile, 'kind' | 'tokenizer' | 'chatTemplates' | 'part'> {
  const kind = metadata.get('general.type');
  const tokenizer = tokenizerOf(metadata);
  const chatTemplates = templatesOf(metadata);
  const part = partOf(metadata, refuse);
  return {
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(chatTemplates.length === 0 ? {} : { chatTemplates }),
    ...(part === undefined ? {} : { part }),
  };
}

function tokenizerOf(metadata: Metadata): ModelFile['tokenizer'] {
  const kind = metadata.get('tokenizer.ggml.model');
  if (typeof kind !== 'string') return undefined;
  const tokens = countOf(metadata.get('tokenizer.ggml.tokens'));
  return { kind, ...(tokens === undefined ? {} : { tokens }) };
}

/** A list that was kept, or one of which the length is told. */
function countOf(value: MetadataValue | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && 'count' in value ? value.count : undefined;
}

/** The one that is used if nothing is said, and others by name. */
function templatesOf(metadata: Metadata): NonNullable<ModelFile['chatTemplates']> {
  return [...metadata].flatMap(([key, text]) => {
    if (typeof text !== 'string') return [];
    if (key === TEMPLATE) return [{ name: 'default', text }];
    return key.startsWith(`${TEMPLATE}.`) ? [{ name: key.slice(TEMPLATE.length + 1), text }] : [];
  });
}

/** `split.no` counts from 0. */
function partOf(metadata: Metadata, refuse: (found: string) => Error): ModelFile['part'] {
  const [number, count, tensors] = ['split.no', 'split.count', 'split.tensors.count'].map((key) => metadata.get(key));
  if (typeof number !== 'number' || typeof count !== 'number') return undefined;
  if (number < 0 || number >= Math.max(count, 1)) throw refuse(`it says that it is part ${number + 1} of ${count}`);
  return { number: number + 1, count, ...(typeof tensors === 'number' ? { tensors } : {}) };
}
