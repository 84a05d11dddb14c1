/** What is known of a model file, as `waybill inspect` says it. */
import { openFile } from '../model/model-file/byte-source.ts';
import type { MetadataValue } from '../model/model-file/format.ts';
import { readModelFile } from '../model/model-file/identify.ts';
import { repeatedOf } from '../model/model-file/repeated.ts';
import { dtypeShares, elementsOf } from '../model/model-file/tensor.ts';
import type { FileOutput } from './outputs/inspect.ts';

/** @throws WaybillError UNSUPPORTED, FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE, FILE_CHANGED */
export async function inspectFile(file: string, withTensors: boolean): Promise<FileOutput> {
  using source = openFile(file);
  const { format, version, architecture, contextLength, quantisation, metadata, tensors, findings } =
    await readModelFile(source);
  const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    file,
    format: format.id,
    ...optional('formatVersion', version),
    size: source.size,
    ...optional('architecture', architecture),
    ...optional('contextLength', contextLength),
    ...optional('quantisation', quantisation),
    // Whole bytes lie behind each element, or eight share one: below 2^53 as long as files are.
    parameters: Number(tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0n)),
    dtypes: Object.fromEntries(
      [...dtypeShares(tensors)].map(([dtype, share]) => [dtype, { ...share, parameters: Number(share.parameters) }]),
    ),
    metadata: Object.fromEntries([...metadata].map(([key, value]) => [key, plain(value)])),
    tensorCount: tensors.length,
    groups: repeatedOf(tensors).map((group) => ({ ...group, shape: [...group.shape] })),
    ...(withTensors
      ? {
          tensors: tensors.map(({ name, dtype, shape, start, end }) => ({
            name,
            dtype,
            shape: [...shape],
            start,
            size: end - start,
          })),
        }
      : {}),
    findings: [...findings],
  };
}

/** Numbers that JSON cannot hold exactly are told as text. */
function plain(value: MetadataValue): unknown {
  if (typeof value === 'bigint') return String(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
