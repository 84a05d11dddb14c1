/** What is known of a model file, as `waybill inspect` says it. */

import { openFile } from '../model/model-file/byte-source.ts';
import type { MetadataValue, ModelFile, Port } from '../model/model-file/format.ts';
import { identify } from '../model/model-file/identify.ts';
import { digestOf } from '../oci/digest.ts';
import { describeTensors } from './describe-tensors.ts';
import type { FileOutput, OpaqueOutput } from './outputs/inspect.ts';

/** @throws WaybillError UNSUPPORTED for what is no model file; FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE, FILE_CHANGED */
export async function inspectFile(file: string, withTensors: boolean): Promise<FileOutput | OpaqueOutput> {
  using source = openFile(file);
  const { format, opaque, findings: odd } = await identify(source);
  if (format === undefined) {
    const { id = '', title = '', why = '' } = opaque ?? {};
    return { file, format: id, title, size: source.size, complete: false, opaque: why, findings: [...odd] };
  }
  const read = await format.read(source);
  const { version, metadata, tensors, findings = [] } = read;
  const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    file,
    format: format.id,
    ...optional('formatVersion', version),
    size: source.size,
    complete: (read.unaccounted ?? 0) === 0,
    ...optional('producer', read.producer),
    ...optional('architecture', read.architecture),
    ...optional('contextLength', read.contextLength),
    ...optional('kind', read.kind),
    ...optional('part', read.part),
    ...optional('tokenizer', read.tokenizer),
    ...optional('chatTemplates', read.chatTemplates?.map(templateOf)),
    ...optional('quantisation', read.quantisation),
    ...optional('inputs', read.inputs?.map(portOf)),
    ...optional('outputs', read.outputs?.map(portOf)),
    ...optional(
      'signatures',
      read.signatures?.map(({ name, inputs, outputs }) => ({
        name,
        inputs: inputs.map(portOf),
        outputs: outputs.map(portOf),
      })),
    ),
    ...optional('operators', read.operators && plainCounts(read.operators)),
    ...optional('opsets', read.opsets && Object.fromEntries(read.opsets)),
    ...optional('functions', read.functions && [...read.functions]),
    ...optional('externalFiles', read.externalFiles && [...read.externalFiles]),
    metadata: Object.fromEntries([...metadata].map(([key, value]) => [key, plain(value)])),
    ...describeTensors(tensors, withTensors),
    findings: [...odd, ...findings],
  };
}

function templateOf({
  name,
  text,
}: NonNullable<ModelFile['chatTemplates']>[number]): NonNullable<FileOutput['chatTemplates']>[number] {
  return { name, length: text.length, digest: digestOf(text) };
}

function portOf({ name, dtype, shape }: Port): NonNullable<FileOutput['inputs']>[number] {
  return { name, dtype, ...(shape === undefined ? {} : { shape: [...shape] }) };
}

function plainCounts(counts: ReadonlyMap<string, ReadonlyMap<string, number>>): FileOutput['operators'] {
  return Object.fromEntries([...counts].map(([domain, types]) => [domain, Object.fromEntries(types)]));
}

/** Numbers that JSON cannot hold exactly are told as text. */
function plain(value: MetadataValue): unknown {
  if (typeof value === 'bigint') return String(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
