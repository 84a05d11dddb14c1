/**
 * ONNX: one message of protocol buffers, `onnx.proto`. The reference reader is the `onnx` package; what its parser
 * merges or keeps unread is refused here, and so is what its checker refuses of tensors.
 */
import type { Finding } from '../../base/finding.ts';
import type { ByteSource } from '../model-file/byte-source.ts';
import { type Format, invalid, type MetadataValue, type ModelFile, type Port, tooLarge } from '../model-file/format.ts';
import { addEntry } from '../model-file/onnx/entries.ts';
import { onnxMessages } from '../model-file/onnx/messages.ts';
import { domainOf, Operators } from '../model-file/onnx/operators.ts';
import { type Graph, type GraphReading, readAttribute, readGraph, readNode } from '../model-file/onnx/read-graph.ts';
import { type Field, ProtobufWalker } from '../model-file/protobuf/walk.ts';
import type { Tensor } from '../model-file/tensor.ts';

export const onnx: Format = {
  id: 'onnx',
  title: 'ONNX',
  specification: 'https://github.com/onnx/onnx/blob/main/docs/IR.md',
  tells:
    'tensors (also constants, those of graphs within, and those in files beside it), inputs, outputs, operators, functions, metadata',
  extensions: ['.onnx'],
  detects: (head) => looksLikeModel(head),
  read: (source) => new Reader(source).read(),
};

/** Files of 10,000 are rare, and the largest models have as many as this in all their files; so many fit into 256 MiB. */
const MAX_TENSORS = 125_000;
/** Bytes of all tensors in files beside it: no machine has so many, and counts of elements stay exact. */
const MAX_EXTERNAL_SIZE = 2 ** 50;
/** The newest is 14. */
const MAX_IR_VERSION = 100;

class Reader {
  readonly #source: ByteSource;
  readonly #walker: ProtobufWalker;
  readonly #reading: GraphReading;
  readonly #operators: Operators;
  readonly #texts = new Map<string, string>();
  readonly #metadata = new Map<string, string>();
  readonly #opsets = new Map<string, number>();
  readonly #functions = new Set<string>();
  readonly #domains = new Set<string>();
  readonly #aside: Tensor[] = [];
  #graph: Graph | undefined;
  #version: number | bigint | undefined;
  #tensors = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    const refuse = (found: string) => this.#refuse(found);
    const exceed = (found: string) => tooLarge(source, 'ONNX', found);
    this.#operators = new Operators(exceed);
    this.#walker = new ProtobufWalker(source, onnxMessages, { invalid: refuse, tooLarge: exceed });
    this.#reading = {
      walker: this.#walker,
      file: source.name,
      operators: this.#operators,
      refuse,
      count: () => {
        this.#tensors += 1;
        if (this.#tensors > MAX_TENSORS) throw exceed(`it has more than ${MAX_TENSORS} tensors`);
      },
    };
  }

  async read(): Promise<ModelFile> {
    if (this.#source.size === 0) throw this.#refuse('it has 0 bytes');
    await this.#model();
    const graph = this.#graph;
    if (graph === undefined) throw this.#refuse('it has no graph');
    const version = this.#version;
    if (typeof version !== 'number' || version < 1 || version > MAX_IR_VERSION)
      throw this.#refuse(`its ir_version is ${version ?? 'missing'}`);
    if (this.#opsets.size === 0 && version >= 3) throw this.#refuse('it imports no operators');
    const tensors = [...graph.tensors, ...this.#aside];
    const producer = [this.#texts.get('producer_name'), this.#texts.get('producer_version')]
      .filter((text) => text !== undefined && text !== '')
      .join(' ');
    const quantisation = this.#operators.quantisation();
    const beside = tensors.reduce((sum, { file, start, end }) => sum + (file === undefined ? 0 : end - start), 0);
    if (beside > MAX_EXTERNAL_SIZE)
      throw tooLarge(
        this.#source,
        'ONNX',
        `its tensors have ${beside} bytes in files beside it, the limit is ${MAX_EXTERNAL_SIZE}`,
      );
    const files = [...new Set(tensors.flatMap(({ file }) => file ?? []))].sort();
    return {
      version: String(version),
      tensors,
      metadata: this.#metadata as ReadonlyMap<string, MetadataValue>,
      inputs: this.#ports(graph.inputs, 'input'),
      outputs: this.#ports(graph.outputs, 'output'),
      operators: this.#operators.counts(),
      opsets: this.#opsets,
      findings: this.#findings(),
      ...(producer === '' ? {} : { producer }),
      ...(quantisation === undefined ? {} : { quantisation }),
      ...(files.length === 0 ? {} : { externalFiles: files }),
      ...(this.#functions.size === 0 ? {} : { functions: [...this.#functions].sort() }),
    };
  }

  async #model(): Promise<void> {
    const text = (key: string) => (found: Field) => void this.#texts.set(key, found.text);
    await this.#walker.file('ModelProto', {
      ir_version: ({ integer }) => {
        this.#version = integer;
      },
      producer_name: text('producer_name'),
      producer_version: text('producer_version'),
      graph: async (found) => {
        this.#graph = await readGraph(this.#reading, found);
      },
      opset_import: async (found) => this.#opset(found, this.#opsets),
      metadata_props: async (found) => addEntry(this.#reading, found, this.#metadata),
      training_info: async (found) => this.#training(found),
      functions: async (found) => this.#function(found),
    });
  }

  async #opset(field: Field, opsets: Map<string, number>): Promise<void> {
    let domain = '';
    let version: number | bigint = 0;
    await this.#walker.message('OperatorSetIdProto', field, {
      domain: ({ text }) => {
        domain = text;
      },
      version: ({ integer }) => {
        version = integer;
      },
    });
    const key = domainOf(domain);
    const before = opsets.get(key);
    // Some writers say the same twice.
    if (before !== undefined && before !== version)
      throw this.#refuse(`it imports the operators of ${JSON.stringify(key)} in the versions ${before} and ${version}`);
    opsets.set(key, Number(version));
  }

  async #training(field: Field): Promise<void> {
    const graph = (name: string) => async (found: Field) => {
      const { tensors } = await readGraph(this.#reading, found);
      this.#aside.push(
        ...tensors.map((tensor) => ({ ...tensor, name: `training@${field.start}.${name}/${tensor.name}` })),
      );
    };
    await this.#walker.message('TrainingInfoProto', field, {
      initialization: graph('initialization'),
      algorithm: graph('algorithm'),
    });
  }

  async #function(field: Field): Promise<void> {
    let [name, domain, overload] = ['', '', ''];
    const opsets = new Map<string, number>();
    const tensors: Tensor[] = [];
    await this.#walker.message('FunctionProto', field, {
      name: ({ text }) => {
        name = text;
      },
      domain: ({ text }) => {
        domain = text;
      },
      overload: ({ text }) => {
        overload = text;
      },
      node: async (found) => {
        const { constants, nested } = await readNode(this.#reading, found);
        tensors.push(...constants, ...nested);
      },
      attribute_proto: async (found) => void (await readAttribute(this.#reading, found)),
      opset_import: async (found) => this.#opset(found, opsets),
    });
    const shown = `${domainOf(domain)}.${name}${overload === '' ? '' : `:${overload}`}`;
    if (name === '') throw this.#refuse(`a function that ends at byte ${field.end} has no name`);
    if (this.#functions.has(shown)) throw this.#refuse(`it has the function ${JSON.stringify(shown)} twice`);
    this.#functions.add(shown);
    this.#domains.add(domainOf(domain));
    this.#aside.push(...tensors.map((tensor) => ({ ...tensor, name: `${shown}/${tensor.name}` })));
  }

  #ports(ports: readonly Partial<Port>[], what: string): readonly Port[] {
    const names = new Set<string>();
    return ports.map(({ name = '', dtype, shape }) => {
      if (dtype === undefined) throw this.#refuse(`its ${what} ${JSON.stringify(name)} has no type`);
      if (names.has(name)) throw this.#refuse(`it has the ${what} ${JSON.stringify(name)} twice`);
      names.add(name);
      return { name, dtype, ...(shape === undefined ? {} : { shape }) };
    });
  }

  #findings(): readonly Finding[] {
    return this.#operators.customDomains(this.#domains).map((domain) => ({
      rule: 'model-custom-operators',
      level: 'note',
      path: this.#source.name,
      message: `it uses operators of ${JSON.stringify(domain)}, which a runtime has only if somebody adds their code`,
    }));
  }

  #refuse(found: string): Error {
    return invalid(this.#source, 'ONNX', found);
  }
}

/**
 * There is no magic: writers begin with field 1, the IR version, and then one of those that follow. Where that is the
 * name of the producer it is printable: in SavedModel and Core ML a message is at its place.
 */
function looksLikeModel(head: Uint8Array): boolean {
  const [tag, version = 0, next = 0, length = 0, ...rest] = head;
  if (tag !== 0x08 || version < 1 || version > MAX_IR_VERSION) return false;
  if (next === 0x12 || next === 0x1a || next === 0x22 || next === 0x32)
    return length < 0x80 && rest.slice(0, length).every((byte) => byte >= 0x20 && byte < 0x7f);
  return [0x28, 0x3a, 0x42, 0x72].includes(next);
}
