/** Splits of one GGUF model: the first describes it, each says which it is (`llama_split_prefix`, gguf-split of llama.cpp). */
import type { WaybillError } from '../../base/errors.ts';
import type { MetadataValue, ModelFile } from '../model-file/format.ts';

/** @throws what `refuse` makes where the splits are not those of one model */
export function joinGgufSplits<Part extends ModelFile & { readonly file: string }>(
  parts: readonly Part[],
  refuse: (found: string) => WaybillError,
): Part {
  const first = parts.find(({ metadata }) => metadata.get('split.no') === 0);
  if (first === undefined) throw refuse('none of its splits is the first (split.no)');
  for (const [index, { metadata, file }] of parts.entries()) {
    const stated = [metadata.get('split.no'), metadata.get('split.count')];
    if (stated[0] !== index || stated[1] !== parts.length)
      throw refuse(
        `${file} says that it is split ${textOf(stated[0])} of ${textOf(stated[1])}, by its name it is ${index} of ${parts.length}`,
      );
  }
  const counted = parts.reduce((sum, { tensors }) => sum + tensors.length, 0);
  const stated = first.metadata.get('split.tensors.count');
  if (stated !== undefined && stated !== counted)
    throw refuse(`it states ${textOf(stated)} tensors, and its splits have ${counted}`);
  return first;
}

function textOf(value: MetadataValue | undefined): string {
  return value === undefined ? 'unknown' : String(value);
}
