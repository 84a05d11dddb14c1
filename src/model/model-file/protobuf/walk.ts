/**
 * Walks protocol buffers by a table of their fields, and skips the bytes of tensors without reading them. Where
 * parsers merge or take the last of what comes twice, and where they keep what they do not know, this one refuses.
 * https://protobuf.dev/programming-guides/encoding
 */
import { isUtf8 } from 'node:buffer';
import { ByteCursor } from '../byte-cursor.ts';
import type { ByteSource } from '../byte-source.ts';
import type { FieldType, Kind, Schema } from './schema.ts';

/** A value of a field, or where it lies. */
export interface Field {
  readonly name: string;
  /** Of its bytes, behind tag and length. */
  readonly start: number;
  readonly end: number;
  /** Of `text`. */
  readonly text: string;
  /** Of `int32` and `int64`: a bigint where a number would not be exact. */
  readonly integer: number | bigint;
  /** How many values: more than one where they are packed. */
  readonly count: number;
}

type Visitor<State> = (field: Field, state: State) => Promise<void> | void;

/** What is done with fields, by name; the others are checked only. Where there are many messages, one table serves all. */
export type Visitors<State = undefined> = Readonly<Record<string, Visitor<State>>>;

export interface Refusals {
  invalid(found: string): Error;
  tooLarge(found: string): Error;
}

/** Of the reference parsers. */
const MAX_FILE_SIZE = 2_147_483_647;
/** Of the reference parsers 100; each loop in a loop takes three. */
const MAX_DEPTH = 64;
/** Documentation and embedded configuration have up to some hundred KB. */
const MAX_TEXT = 16 * 1024 * 1024;
/** Of all texts together, for whoever keeps them; those of a graph of a hundred thousand nodes have some 20 MB. */
const MAX_TEXTS = 64 * 1024 * 1024;
/** A graph of a million nodes has twenty million; more would take minutes. */
const MAX_FIELDS = 30_000_000;
/** Of the encoding: 32 bits. */
const MAX_TAG_BYTES = 5;
const MAX_VARINT_BYTES = 10;
/** Bytes of packed values that are looked at in one go. */
const PIECE_SIZE = 64 * 1024;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;
const WIRE_TYPES: Readonly<Record<Kind, number>> = {
  int64: VARINT,
  int32: VARINT,
  fixed32: FIXED32,
  fixed64: FIXED64,
  text: LENGTH,
  bytes: LENGTH,
};

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class ProtobufWalker {
  readonly #cursor: ByteCursor;
  readonly #schema: Schema;
  readonly #refusals: Refusals;
  readonly #size: number;
  #depth = 0;
  #fields = 0;
  #texts = 0;

  constructor(source: ByteSource, schema: Schema, refusals: Refusals) {
    this.#cursor = new ByteCursor(source, refusals.invalid);
    this.#schema = schema;
    this.#refusals = refusals;
    this.#size = source.size;
  }

  /** The whole file, as one message. @throws what the refusals make */
  async file(type: string, visitors: Visitors): Promise<void> {
    if (this.#size > MAX_FILE_SIZE)
      throw this.#refusals.tooLarge(`it has ${this.#size} bytes, the limit of its encoding is ${MAX_FILE_SIZE}`);
    await this.message(type, { end: this.#size }, visitors);
  }

  /** The message that begins here; from within the visitor of its field. */
  async message(type: string, { end }: Pick<Field, 'end'>, visitors: Visitors = {}): Promise<void> {
    await this.messageInto(type, { end }, { visitors, state: undefined });
  }

  /** The same with something that the visitors write into. */
  async messageInto<State>(
    type: string,
    { end }: Pick<Field, 'end'>,
    { visitors, state }: { visitors: Visitors<State>; state: State },
  ): Promise<void> {
    const fields = this.#schema[type];
    if (fields === undefined) throw new RangeError(`there is no message ${type}`);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#refusals.invalid(`its messages nest deeper than ${MAX_DEPTH}`);
    let seen = 0;
    while (this.#cursor.at < end) {
      const near = Math.min(end - this.#cursor.at, MAX_TAG_BYTES + MAX_VARINT_BYTES);
      if (!this.#cursor.isNear(near)) await this.#cursor.bring(near);
      const tag = this.#tag(end);
      const field = fields.get(Math.floor(tag / 8));
      if (field === undefined) throw this.#unknown(type, tag);
      if ((seen & field.bit) !== 0) throw this.#twice(type, field);
      seen |= field.bit;
      const read = this.#value(field, tag % 8, end);
      // Most values are at hand: nothing is waited for then.
      const found = read instanceof Promise ? await read : read;
      const visiting = visitors[field.name]?.(found, state);
      if (visiting !== undefined) await visiting;
      else if (field.message !== undefined) await this.message(field.message, found);
    }
    this.#depth -= 1;
  }

  #tag(end: number): number {
    this.#fields += 1;
    if (this.#fields > MAX_FIELDS) throw this.#refusals.tooLarge(`it has more than ${MAX_FIELDS} fields`);
    return Number(this.#varint(end, MAX_TAG_BYTES));
  }

  #unknown(type: string, tag: number): Error {
    const number = Math.floor(tag / 8);
    return this.#refusals.invalid(
      `its ${type} has a field ${number} before byte ${this.#cursor.at}, which is not known`,
    );
  }

  #twice(type: string, { choice, name }: FieldType): Error {
    return this.#refusals.invalid(`a ${type} at byte ${this.#cursor.at} has ${choice ?? name} twice`);
  }

  /** Checks a value, and reads it unless it is bytes or a message. The next field is behind it, or, of a message, in it. */
  #value({ kind, name, isRepeated }: FieldType, wire: number, end: number): Field | Promise<Field> {
    const wanted = kind === undefined ? LENGTH : WIRE_TYPES[kind];
    const start = this.#cursor.at;
    if (wire === wanted && wire !== LENGTH && kind !== undefined) {
      const integer = wire === VARINT ? this.#integer(kind, end) : this.#fixed(wire === FIXED32 ? 4 : 8, end);
      return { name, start, end: this.#cursor.at, text: '', integer, count: 1 };
    }
    if (wire !== LENGTH || !(wanted === LENGTH || isRepeated))
      throw this.#refusals.invalid(`${name} at byte ${start} is encoded as something else`);
    const length = Number(this.#varint(end, MAX_TAG_BYTES));
    const from = this.#cursor.at;
    if (length > end - from)
      throw this.#refusals.invalid(`${name} at byte ${from} has ${length} bytes, and what it is in ends before that`);
    if (kind === 'text') return this.#text(name, length);
    const found = { name, start: from, end: from + length, text: '', integer: 0, count: 1 };
    if (wanted !== LENGTH && kind !== undefined) return this.#packed(kind, found);
    if (kind === 'bytes') this.#cursor.skip(length);
    return found;
  }

  #integer(kind: Kind, end: number): number | bigint {
    const value = this.#varint(end, MAX_VARINT_BYTES);
    const signed = typeof value === 'bigint' ? BigInt.asIntN(64, value) : value;
    if (kind === 'int32' && (signed > 0x7fff_ffff || signed < -0x8000_0000))
      throw this.#refusals.invalid(`a number of 32 bits that ends at byte ${this.#cursor.at} is ${signed}`);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  #fixed(length: number, end: number): number {
    if (this.#cursor.at + length > end)
      throw this.#refusals.invalid(`a number at byte ${this.#cursor.at} is longer than what it is in`);
    this.#cursor.skip(length);
    return 0;
  }

  /** Of at most 64 bits, within the window. */
  #varint(end: number, most: number): number | bigint {
    const start = this.#cursor.at;
    let value = 0;
    let high = 0n;
    for (let index = 0; index < most && this.#cursor.at < end; index++) {
      const byte = this.#cursor.byte();
      if (index < 7) value += (byte & 0x7f) * 2 ** (7 * index);
      else high += BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte >= 0x80) continue;
      if (index === MAX_VARINT_BYTES - 1 && byte > 1) break;
      return high === 0n ? value : BigInt(value) + high;
    }
    throw this.#refusals.invalid(`the number at byte ${start} is cut short or too long`);
  }

  #text(name: string, length: number): Field | Promise<Field> {
    if (length > MAX_TEXT)
      throw this.#refusals.tooLarge(
        `the text at byte ${this.#cursor.at} has ${length} bytes, the limit is ${MAX_TEXT}`,
      );
    this.#texts += length;
    if (this.#texts > MAX_TEXTS) throw this.#refusals.tooLarge(`its texts have more than ${MAX_TEXTS} bytes together`);
    if (this.#cursor.isNear(length)) return this.#nearText(name, length);
    return this.#cursor.bring(length).then(() => this.#nearText(name, length));
  }

  #nearText(name: string, length: number): Field {
    const start = this.#cursor.at;
    const bytes = this.#cursor.near(length);
    if (!isUtf8(bytes)) throw this.#refusals.invalid(`the text at byte ${start} is not valid UTF-8`);
    return { name, start, end: start + length, text: decoder.decode(bytes), integer: 0, count: 1 };
  }

  /** Counts the values that are packed into the bytes. */
  async #packed(kind: Kind, found: Field): Promise<Field> {
    const { start, end } = found;
    const size = kind === 'fixed32' ? 4 : 8;
    const isFixed = kind === 'fixed32' || kind === 'fixed64';
    const count = isFixed ? (end - start) / size : await this.#countVarints(end);
    if (count === undefined || !Number.isInteger(count))
      throw this.#refusals.invalid(`the numbers at byte ${start} end within one, or one is too long`);
    if (isFixed) this.#cursor.skip(end - start);
    return { ...found, count };
  }

  /** From here; undefined when they end within one. */
  async #countVarints(end: number): Promise<number | undefined> {
    let count = 0;
    let length = 0;
    for (let left = end - this.#cursor.at; left > 0; left = end - this.#cursor.at) {
      const piece = Math.min(left, PIECE_SIZE);
      if (!this.#cursor.isNear(piece)) await this.#cursor.bring(piece);
      for (const byte of this.#cursor.near(piece)) {
        length += 1;
        if (length > MAX_VARINT_BYTES) return undefined;
        if (byte >= 0x80) continue;
        count += 1;
        length = 0;
      }
    }
    return length === 0 ? count : undefined;
  }
}
