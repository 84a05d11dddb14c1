/** Protocol buffers of a few MB, field by field. What a parser may keep or ignore (groups, other types) is refused. https://protobuf.dev/programming-guides/encoding */
import type { Refuse } from '../tokenizer.ts';

export interface WireField {
  readonly number: number;
  /** Of a varint, and of 32 and 64 bits. */
  readonly integer: bigint;
  /** Of what has a length. */
  readonly bytes: Uint8Array;
  readonly type: 'varint' | 'fixed64' | 'length' | 'fixed32';
}

/** Of the encoding. */
const MAX_VARINT_LENGTH = 10;

/** @throws what `refuse` makes */
export function* readFields(bytes: Uint8Array, refuse: Refuse): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let count = 0; count < MAX_VARINT_LENGTH; count++) {
      const byte = bytes[at];
      if (byte === undefined) throw refuse('it ends within a number');
      at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw refuse('it has a number that is too long');
  };
  const take = (length: number): number => {
    if (length > bytes.length - at) throw refuse(`a field of ${length} bytes goes on behind the end`);
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if (number === 0 || tag > 0xffff_ffffn) throw refuse('it has a field without a number');
    const nothing = new Uint8Array();
    switch (Number(tag & 7n)) {
      case 0:
        yield { number, type: 'varint', integer: varint(), bytes: nothing };
        break;
      case 1:
        yield { number, type: 'fixed64', integer: view.getBigUint64(take(8), true), bytes: nothing };
        break;
      case 2: {
        const length = Number(varint());
        const start = take(length);
        yield { number, type: 'length', integer: 0n, bytes: bytes.subarray(start, start + length) };
        break;
      }
      case 5:
        yield { number, type: 'fixed32', integer: BigInt(view.getUint32(take(4), true)), bytes: nothing };
        break;
      default:
        throw refuse(`field ${number} has a type that is not used`);
    }
  }
}
