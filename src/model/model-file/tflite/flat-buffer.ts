/**
 * Reads a FlatBuffer here and there, with every offset held to the file: https://flatbuffers.dev/internals. Remembers
 * what was read, so that at the end it can be told which bytes belong to nothing.
 */
import type { ByteSource } from '../byte-source.ts';

export interface Refusals {
  invalid(found: string): Error;
  tooLarge(found: string): Error;
}

/** Part of the file; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tables, lists and texts; a model of 10,000 operators has some 60,000. Counted each time that one is looked at. */
const MAX_OBJECTS = 3_000_000;
/** All that is looked at, each time that it is: many tables may refer to one text or list, and real ones do not. */
const MAX_LOOKED_AT = 128 * 1024 * 1024;
/** Names and descriptions; embedded labels have up to some hundred KB. */
const MAX_TEXT = 16 * 1024 * 1024;
const PAGE_SIZE = 16 * 1024;
/** Pages that are kept: together 16 MiB. */
const KEPT_PAGES = 1024;
/** Of offsets: a list of larger things still begins below. */
const LENGTH_SIZE = 4;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class FlatBuffer {
  readonly #source: ByteSource;
  readonly #pages = new Map<number, Buffer>();
  readonly #read: Span[] = [];
  #lookedAt = 0;
  readonly refusals: Refusals;

  constructor(source: ByteSource, refusals: Refusals) {
    this.#source = source;
    this.refusals = refusals;
  }

  get size(): number {
    return this.#source.size;
  }

  /** What was read, in the order in which it was. */
  get spans(): readonly Span[] {
    return this.#read;
  }

  /** @throws what the refusals make, for bytes that are not there */
  async bytes(start: number, length: number): Promise<Buffer> {
    if (start < 0 || start + length > this.size)
      throw this.refusals.invalid(`${length} bytes are wanted at ${start}, and it has ${this.size}`);
    this.#lookedAt += length;
    if (this.#lookedAt > MAX_LOOKED_AT)
      throw this.refusals.tooLarge(`more than ${MAX_LOOKED_AT} bytes of it would have to be looked at`);
    const first = Math.floor(start / PAGE_SIZE);
    if (start + length > (first + 1) * PAGE_SIZE) return Buffer.from(await this.#source.read(start, length));
    const page = this.#pages.get(first) ?? (await this.#bring(first));
    return page.subarray(start - first * PAGE_SIZE, start - first * PAGE_SIZE + length);
  }

  async root(): Promise<Table> {
    const head = await this.bytes(0, 8);
    this.remember(0, 8);
    return this.table(head.readUInt32LE(0));
  }

  async table(at: number): Promise<Table> {
    this.#aligned(at, 4);
    const vtableStart = at - (await this.bytes(at, 4)).readInt32LE(0);
    this.#aligned(vtableStart, 2);
    const [vtableSize, size] = pair(await this.bytes(vtableStart, 4));
    if (vtableSize < 4 || vtableSize % 2 !== 0 || size < 4)
      throw this.refusals.invalid(
        `the table at byte ${at} has a description of ${vtableSize} bytes and ${size} itself`,
      );
    const vtable = await this.bytes(vtableStart, vtableSize);
    const content = await this.bytes(at, size);
    this.remember(vtableStart, vtableSize);
    this.remember(at, size);
    return new Table({ at, vtable, content, refuse: this.refusals.invalid });
  }

  /** Where the items of a list lie. @param size of an item */
  async list(at: number, size: number): Promise<Span & { readonly count: number }> {
    this.#aligned(at, LENGTH_SIZE);
    const count = (await this.bytes(at, LENGTH_SIZE)).readUInt32LE(0);
    const start = at + LENGTH_SIZE;
    const end = start + count * size;
    if (end > this.size)
      throw this.refusals.invalid(`the list at byte ${at} has ${count} items, and the file ends before that`);
    this.remember(at, end - at);
    return { start, end, count };
  }

  /** @param at absent for an empty list */
  async integers(at: number | undefined): Promise<readonly number[]> {
    if (at === undefined) return [];
    const { start, end, count } = await this.list(at, 4);
    const bytes = await this.bytes(start, end - start);
    return Array.from({ length: count }, (_, index) => bytes.readInt32LE(4 * index));
  }

  /** The tables that a list refers to. @param at absent for an empty list */
  async *tables(at: number | undefined): AsyncGenerator<Table> {
    if (at === undefined) return;
    const { start, count } = await this.list(at, 4);
    for (let index = 0; index < count; index++) {
      const place = start + 4 * index;
      yield this.table(place + (await this.bytes(place, 4)).readUInt32LE(0));
    }
  }

  /** @param at absent for no text */
  async text(at: number | undefined): Promise<string> {
    if (at === undefined) return '';
    const { start, end } = await this.list(at, 1);
    if (end - start > MAX_TEXT)
      throw this.refusals.tooLarge(`the text at byte ${at} has ${end - start} bytes, the limit is ${MAX_TEXT}`);
    const bytes = await this.bytes(start, end - start + 1);
    if (bytes.at(-1) !== 0) throw this.refusals.invalid(`the text at byte ${at} has no end`);
    this.remember(end, 1);
    try {
      return decoder.decode(bytes.subarray(0, -1));
    } catch {
      throw this.refusals.invalid(`the text at byte ${at} is not valid UTF-8`);
    }
  }

  remember(start: number, length: number): void {
    if (this.#read.length === MAX_OBJECTS) throw this.refusals.tooLarge(`it has more than ${MAX_OBJECTS} objects`);
    this.#read.push({ start, end: start + length });
  }

  #aligned(at: number, size: number): void {
    if (at % size !== 0) throw this.refusals.invalid(`something begins at byte ${at}, which no multiple of ${size} is`);
  }

  async #bring(index: number): Promise<Buffer> {
    const start = index * PAGE_SIZE;
    const page = Buffer.from(await this.#source.read(start, Math.min(PAGE_SIZE, this.size - start)));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= KEPT_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(index, page);
    return page;
  }
}

/** Fields by their number in the schema; a field that is not there has its default. */
export class Table {
  readonly #at: number;
  readonly #vtable: Buffer;
  readonly #content: Buffer;
  readonly #refuse: (found: string) => Error;

  constructor(parts: { at: number; vtable: Buffer; content: Buffer; refuse(found: string): Error }) {
    this.#at = parts.at;
    this.#vtable = parts.vtable;
    this.#content = parts.content;
    this.#refuse = parts.refuse;
  }

  int8(field: number): number {
    const place = this.#place(field, 1);
    return place === undefined ? 0 : this.#content.readInt8(place);
  }

  int32(field: number): number {
    const place = this.#place(field, 4);
    return place === undefined ? 0 : this.#content.readInt32LE(place);
  }

  uint32(field: number): number {
    const place = this.#place(field, 4);
    return place === undefined ? 0 : this.#content.readUInt32LE(place);
  }

  uint64(field: number): bigint {
    const place = this.#place(field, 8);
    return place === undefined ? 0n : this.#content.readBigUInt64LE(place);
  }

  /** Where that lies to which the field refers. */
  target(field: number): number | undefined {
    const place = this.#place(field, 4);
    if (place === undefined) return undefined;
    const offset = this.#content.readUInt32LE(place);
    if (offset === 0) throw this.#refuse(`the table at byte ${this.#at} refers to itself`);
    return this.#at + place + offset;
  }

  #place(field: number, size: number): number | undefined {
    const entry = 4 + 2 * field;
    const place = entry + 2 > this.#vtable.length ? 0 : this.#vtable.readUInt16LE(entry);
    if (place === 0) return undefined;
    if (place < 4 || place + size > this.#content.length)
      throw this.#refuse(`the table at byte ${this.#at} has ${this.#content.length} bytes, and a field at ${place}`);
    return place;
  }
}

function pair(bytes: Buffer): [number, number] {
  return [bytes.readUInt16LE(0), bytes.readUInt16LE(2)];
}
