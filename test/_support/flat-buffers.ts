/** FlatBuffers made by hand: a table and all that it refers to, one behind the other. */

export type FlatValue =
  | { readonly int8: number }
  | { readonly uint32: number }
  | { readonly int32: number }
  | { readonly uint64: number | bigint }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  /** A list as bytes, and how many items they are, if not as many. */
  | { readonly bytes: Uint8Array; readonly count?: number }
  | { readonly tables: readonly FlatTable[] }
  | { readonly table: FlatTable };

/** Fields by their number. */
export type FlatTable = Readonly<Record<number, FlatValue>>;

export function flatBufferOf(identifier: string, root: FlatTable): Buffer {
  const writer = new Writer();
  writer.append(Buffer.concat([Buffer.alloc(4), Buffer.from(identifier)]));
  writer.refer(0, { table: root });
  return writer.finish();
}

class Writer {
  #bytes = Buffer.alloc(1024);
  #length = 0;
  /** Offsets that are still to be written, and to what. */
  readonly #pending: { from: number; value: FlatValue }[] = [];

  refer(from: number, value: FlatValue): void {
    this.#pending.push({ from, value });
  }

  finish(): Buffer {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const at = this.#write(next.value);
      this.#bytes.writeUInt32LE(at - next.from, next.from);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  /** @param lead bytes before what has to be aligned */
  append(piece: Buffer, alignment = 1, lead = 0): number {
    const at = this.#length + ((alignment - ((this.#length + lead) % alignment)) % alignment);
    while (at + piece.length > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    piece.copy(this.#bytes, at);
    this.#length = at + piece.length;
    return at;
  }

  #write(value: FlatValue): number {
    if ('table' in value) return this.#table(value.table);
    if ('text' in value) return this.append(listOf(Buffer.byteLength(value.text), Buffer.from(`${value.text}\0`)), 4);
    if ('ints' in value)
      return this.append(listOf(value.ints.length, Buffer.from(Int32Array.from(value.ints).buffer)), 4);
    if ('bytes' in value)
      return this.append(listOf(value.count ?? value.bytes.length, Buffer.from(value.bytes)), 16, 4);
    if (!('tables' in value)) throw new RangeError('this value lies in its table');
    const at = this.append(listOf(value.tables.length, Buffer.alloc(4 * value.tables.length)), 4);
    for (const [index, table] of value.tables.entries()) this.refer(at + 4 + 4 * index, { table });
    return at;
  }

  #table(table: FlatTable): number {
    const fields = Object.entries(table).map(([number, value]) => ({
      number: Number(number),
      value,
      bytes: inline(value),
    }));
    const vtable = Buffer.alloc(4 + 2 * (1 + Math.max(-1, ...fields.map(({ number }) => number))));
    let size = 4;
    const placed = fields
      // The largest first: each is aligned then.
      .toSorted((a, b) => b.bytes.length - a.bytes.length)
      .map(({ number, value, bytes }) => {
        const place = Math.ceil(size / bytes.length) * bytes.length;
        vtable.writeUInt16LE(place, 4 + 2 * number);
        size = place + bytes.length;
        return { value, bytes, place };
      });
    vtable.writeUInt16LE(vtable.length, 0);
    vtable.writeUInt16LE(size, 2);
    const described = this.append(vtable, 2);
    const at = this.append(Buffer.alloc(size), 8);
    this.#bytes.writeInt32LE(at - described, at);
    for (const { value, bytes, place } of placed) {
      bytes.copy(this.#bytes, at + place);
      if ('text' in value || 'ints' in value || 'bytes' in value || 'tables' in value || 'table' in value)
        this.refer(at + place, value);
    }
    return at;
  }
}

/** The bytes in the table itself; zeros for what it refers to. */
function inline(value: FlatValue): Buffer {
  if ('int8' in value) return Buffer.from([value.int8 & 0xff]);
  if ('uint64' in value) return Buffer.from(BigUint64Array.of(BigInt(value.uint64)).buffer);
  if ('int32' in value) return Buffer.from(Int32Array.of(value.int32).buffer);
  return Buffer.from(Uint32Array.of('uint32' in value ? value.uint32 : 0).buffer);
}

function listOf(count: number, items: Buffer): Buffer {
  return Buffer.concat([Buffer.from(Uint32Array.of(count).buffer), items]);
}
