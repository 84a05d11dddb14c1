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

/** What is done with fields, by name; the others are checked only. */
export type Visitors = Readonly<Record<string, (field: Field) => Promise<void> | void>>;

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
    const fields = this.#schema[type];
    if (fields === undefined) throw new RangeError(`there is no message ${type}`);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#refusals.invalid(`its messages nest deeper than ${MAX_DEPTH}`);
    const seen = new Set<string>();
    while (this.#cursor.at < end) {
      const near = Math.min(end - this.#cursor.at, MAX_TAG_BYTES + MAX_VARINT_BYTES);
      if (!this.#cursor.isNear(near)) await this.#cursor.bring(near);
      const { field, wire } = this.#tag(type, end);
      if (!field.isRepeated) this.#once(type, field, seen);
      await this.#value(type, field, { wire, end, visit: visitors[field.name] });
    }
    this.#depth -= 1;
  }

  #tag(type: string, end: number): { field: FieldType; wire: number } {
    this.#fields += 1;
    if (this.#fields > MAX_FIELDS) throw this.#refusals.tooLarge(`it has more than ${MAX_FIELDS} fields`);
    const start = this.#cursor.at;
    const tag = Number(this.#varint(end, MAX_TAG_BYTES));
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const field = this.#schema[type]?.get(number);
    if (field === undefined)
      throw this.#refusals.invalid(`its ${type} at byte ${start} has a field ${number}, which is not known`);
    return { field, wire };
  }

  #once(type: string, { name, choice }: FieldType, seen: Set<string>): void {
    const key = choice ?? name;
    if (seen.has(key)) throw this.#refusals.invalid(`a ${type} at byte ${this.#cursor.at} has ${key} twice`);
    seen.add(key);
  }

  async #value(
    type: string,
    field: FieldType,
    { wire, end, visit }: { wire: number; end: number; visit: Visitors[string] | undefined },
  ): Promise<void> {
    const { kind, message, name, isRepeated } = field;
    if (kind !== undefined && wire === WIRE_TYPES[kind] && wire !== LENGTH) {
      const start = this.#cursor.at;
      const integer = wire === VARINT ? this.#integer(kind, end) : this.#fixed(wire === FIXED32 ? 4 : 8, end);
      await visit?.({ start, end: this.#cursor.at, text: '', integer, count: 1 });
      return;
    }
    const isPacked = isRepeated && kind !== undefined && WIRE_TYPES[kind] !== LENGTH;
    if (wire !== LENGTH || !(isPacked || message !== undefined || kind === 'text' || kind === 'bytes'))
      throw this.#refusals.invalid(`${name} of a ${type} at byte ${this.#cursor.at} is encoded as something else`);
    const length = Number(this.#varint(end, MAX_TAG_BYTES));
    const start = this.#cursor.at;
    if (length > end - start)
      throw this.#refusals.invalid(
        `${name} of a ${type} at byte ${start} has ${length} bytes, and what it is in ends before that`,
      );
    const found = { start, end: start + length, text: '', integer: 0, count: 1 };
    if (message !== undefined) await (visit?.(found) ?? this.message(message, found));
    else {
      // Checked whether anybody wants it or not.
      const text = kind === 'text' ? await this.#text(length, visit !== undefined) : '';
      const count = isPacked ? await this.#packed(kind, found) : 1;
      await visit?.({ ...found, text, count });
    }
    if (this.#cursor.at < found.end && message === undefined) this.#cursor.skip(found.end - this.#cursor.at);
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

  async #text(length: number, isWanted: boolean): Promise<string> {
    if (length > MAX_TEXT)
      throw this.#refusals.tooLarge(
        `the text at byte ${this.#cursor.at} has ${length} bytes, the limit is ${MAX_TEXT}`,
      );
    if (!this.#cursor.isNear(length)) await this.#cursor.bring(length);
    const bytes = this.#cursor.near(length);
    if (!isUtf8(bytes))
      throw this.#refusals.invalid(`the text that ends at byte ${this.#cursor.at} is not valid UTF-8`);
    return isWanted ? decoder.decode(bytes) : '';
  }

  /** How many values are packed into the bytes. */
  async #packed(kind: Kind, { start, end }: Pick<Field, 'start' | 'end'>): Promise<number> {
    if (kind === 'fixed32' || kind === 'fixed64') {
      const count = (end - start) / (kind === 'fixed32' ? 4 : 8);
      if (!Number.isInteger(count)) throw this.#refusals.invalid(`the numbers at byte ${start} end within one`);
      return count;
    }
    let count = 0;
    let length = 0;
    for (let left = end - start; left > 0; left = end - this.#cursor.at) {
      const piece = Math.min(left, PIECE_SIZE);
      if (!this.#cursor.isNear(piece)) await this.#cursor.bring(piece);
      for (const byte of this.#cursor.near(piece)) {
        length += 1;
        if (length > MAX_VARINT_BYTES) break;
        if (byte >= 0x80) continue;
        count += 1;
        length = 0;
      }
      if (length > MAX_VARINT_BYTES) break;
    }
    if (length > 0) throw this.#refusals.invalid(`the numbers at byte ${start} end within one, or one is too long`);
    return count;
  }
}
