/**
 * TFLite, version 3 of its schema: a FlatBuffer, `schema.fbs` of TensorFlow. What the runtime's verifier refuses is
 * refused here, and so are tensors whose bytes are not as many as their shape needs, or something else too.
 */
import type { Finding } from '../../base/finding.ts';
import type { ByteSource } from '../model-file/byte-source.ts';
import { mostUsedFirst } from '../model-file/counts.ts';
import { type Format, invalid, type MetadataValue, type ModelFile, tooLarge } from '../model-file/format.ts';
import type { Tensor } from '../model-file/tensor.ts';
import { coverOf } from '../model-file/tflite/cover.ts';
import { FlatBuffer, type Span, type Table } from '../model-file/tflite/flat-buffer.ts';
import {
  bytesOf,
  portOf,
  readBuffers,
  readOperatorCodes,
  readSignatures,
  readSubgraph,
  type Subgraph,
  type TfliteTensor,
} from '../model-file/tflite/read-model.ts';
import { readMembers } from '../model-file/zip/members.ts';

export const tflite: Format = {
  id: 'tflite',
  title: 'TFLite',
  specification: 'https://ai.google.dev/edge/litert',
  tells: 'tensors, inputs, outputs, signatures, operators, metadata, files packed behind the model',
  extensions: ['.tflite', '.lite'],
  detects: (head) => Buffer.from(head.subarray(4, 8)).toString('latin1') === IDENTIFIER,
  read,
};

const IDENTIFIER = 'TFL3';
const VERSION = 3;

async function read(source: ByteSource): Promise<ModelFile> {
  const refusals = {
    invalid: (found: string) => invalid(source, 'TFLite', found),
    tooLarge: (found: string) => tooLarge(source, 'TFLite', found),
  };
  const buffer = new FlatBuffer(source, refusals);
  const head = await buffer.bytes(0, 8);
  if (head.toString('latin1', 4) !== IDENTIFIER) throw refusals.invalid('it does not begin as one');
  const model = await buffer.root();
  if (model.uint32(0) !== VERSION) throw refusals.invalid(`its version is ${model.uint32(0)}, and 3 is read`);
  const codes = await readOperatorCodes(buffer, model);
  const operators = new Map<string, Map<string, number>>();
  const use = (index: number) => {
    const code = codes[index];
    if (code === undefined) throw refusals.invalid(`it uses the operator ${index} of ${codes.length}`);
    const names = operators.get(code.kind) ?? new Map<string, number>();
    operators.set(code.kind, names.set(code.name, (names.get(code.name) ?? 0) + 1));
  };
  const subgraphs: Subgraph[] = [];
  for await (const table of buffer.tables(model.target(2))) subgraphs.push(await readSubgraph(buffer, table, use));
  const [main] = subgraphs;
  if (main === undefined) throw refusals.invalid('it has no graph');
  const buffers = await readBuffers(buffer, model);
  const metadata = await readMetadata(buffer, model, buffers);
  const signatures = await readSignatures(buffer, model, subgraphs);
  const { tensors, quantisation } = tensorsOf(subgraphs, buffers, refusals.invalid);
  const { end, unaccounted } = await coverOf(
    buffer,
    buffers.filter((span) => span !== undefined),
  );
  const behind = await filesBehind(source, end, refusals);
  if (behind.length > 0) metadata.set('associated files', behind);
  return {
    version: String(VERSION),
    tensors,
    metadata,
    inputs: main.inputs.flatMap((index) => main.tensors.slice(index, index + 1)).map(portOf),
    outputs: main.outputs.flatMap((index) => main.tensors.slice(index, index + 1)).map(portOf),
    operators: new Map([...operators].map(([kind, names]) => [kind, mostUsedFirst(names)] as const)),
    unaccounted,
    findings: findingsOf(source, operators.get('custom'), unaccounted),
    ...(signatures.length === 0 ? {} : { signatures }),
    ...(quantisation === '' ? {} : { quantisation }),
  };
}

/** Texts of the model about itself; what is in other buffers by its length. */
async function readMetadata(
  buffer: FlatBuffer,
  model: Table,
  buffers: readonly (Span | undefined)[],
): Promise<Map<string, MetadataValue>> {
  const metadata = new Map<string, MetadataValue>();
  const description = await buffer.text(model.target(3));
  if (description !== '') metadata.set('description', description);
  const numbers = await buffer.integers(model.target(5));
  for await (const table of buffer.tables(model.target(6))) {
    const [name, number] = [await buffer.text(table.target(0)), table.uint32(1)];
    if (number >= buffers.length) throw buffer.refusals.invalid(`its metadata ${JSON.stringify(name)} is in no buffer`);
    const span = buffers[number] ?? { start: 0, end: 0 };
    const length = span.end - span.start;
    metadata.set(
      name,
      name === 'min_runtime_version' && length <= 32
        ? (await buffer.bytes(span.start, length)).toString('latin1').replace(/\0.*$/s, '')
        : { type: 'bytes', count: length },
    );
  }
  if (numbers.some((number) => number < 0 || number >= buffers.length))
    throw buffer.refusals.invalid('its metadata is in no buffer');
  return metadata;
}

/** Tensors that have bytes, each buffer once; those of the graphs behind the first with the graph's name. */
function tensorsOf(
  subgraphs: readonly Subgraph[],
  buffers: readonly (Span | undefined)[],
  refuse: (found: string) => Error,
): { tensors: readonly Tensor[]; quantisation: string } {
  const tensors = new Map<string, Tensor>();
  const used = new Set<number>();
  const kinds = new Set<string>();
  for (const [index, graph] of subgraphs.entries())
    for (const [place, tensor] of graph.tensors.entries()) {
      if (tensor.buffer >= buffers.length)
        throw refuse(
          `the tensor ${JSON.stringify(tensor.name)} is in the buffer ${tensor.buffer} of ${buffers.length}`,
        );
      const span = buffers[tensor.buffer];
      if (span === undefined) continue;
      checkSize(tensor, span, refuse);
      if (used.has(tensor.buffer)) continue;
      used.add(tensor.buffer);
      if (tensor.quantisation !== 'none')
        kinds.add(`${tensor.dtype}${tensor.quantisation === 'by axis' ? ' by axis' : ''}`);
      const name = index === 0 ? tensor.name : `${graph.name === '' ? index : graph.name}/${tensor.name}`;
      const unique = name === '' || tensors.has(name) ? `${name}#${place}` : name;
      const { dtype, shape } = tensor;
      tensors.set(tensors.has(unique) ? `${unique}@${index}` : unique, { name: '', dtype, shape, ...span });
    }
  return {
    tensors: [...tensors].map(([name, tensor]) => ({ ...tensor, name })),
    quantisation: [...kinds].sort().join(', '),
  };
}

function checkSize(tensor: TfliteTensor, { start, end }: Span, refuse: (found: string) => Error): void {
  const needed = bytesOf(tensor);
  if (needed !== undefined && needed !== BigInt(end - start))
    throw refuse(
      `the tensor ${JSON.stringify(tensor.name)} has ${end - start} bytes, its shape and type need ${needed}`,
    );
}

/** Labels and the like may be packed behind the model, as a ZIP archive whose offsets count from its beginning. */
async function filesBehind(
  source: ByteSource,
  end: number,
  refusals: Parameters<typeof readMembers>[1],
): Promise<readonly string[]> {
  if (end === source.size) return [];
  const first = Buffer.from(await source.read(end, Math.min(4, source.size - end)));
  if (first.toString('latin1') !== 'PK\x03\x04')
    throw refusals.invalid(`its last part ends at byte ${end}, the file at ${source.size}`);
  return (await readMembers(source, refusals, end)).map(({ name }) => name);
}

function findingsOf(
  source: ByteSource,
  custom: ReadonlyMap<string, number> | undefined,
  unaccounted: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (custom !== undefined)
    findings.push({
      rule: 'model-custom-operators',
      level: 'note',
      path: source.name,
      message: `it uses custom operators, which a runtime has only if somebody adds their code: ${[...custom.keys()].slice(0, 10).join(', ')}`,
    });
  if (unaccounted > 0)
    findings.push({
      rule: 'model-unread-bytes',
      level: 'note',
      path: source.name,
      message: `${unaccounted} bytes belong to nothing that is read, as settings of operators`,
    });
  return findings;
}
