/** Tables of the messages of a format in protocol buffers: which fields they have, and of what type. */

/** Wire types: https://protobuf.dev/programming-guides/encoding. */
export type Kind = 'int64' | 'int32' | 'fixed32' | 'fixed64' | 'text' | 'bytes';

export interface FieldType {
  readonly name: string;
  /** Of a plain value; absent for a message. */
  readonly kind?: Kind;
  /** The type of a message. */
  readonly message?: string;
  readonly isRepeated: boolean;
  /** Of the members of one choice (`oneof`) a message has at most one. */
  readonly choice?: string;
  /** What is there once at most, as a bit of its own; those of one choice share it, and what is repeated has none. */
  readonly bit: number;
}

/** By number. */
export type MessageType = ReadonlyMap<number, FieldType>;
export type Schema = Readonly<Record<string, MessageType>>;

type Described = readonly [number: number, type: string, name: string];

/**
 * A table in nearly the words of a `.proto` file: `[4, 'repeated text', 'input']`, `[1, 'Tensor in value', 'tensor_type']`.
 * What is no kind is the name of a message.
 */
export function messageType(...fields: readonly Described[]): MessageType {
  const bits = new Map<string, number>();
  const bitOf = (key: string): number => {
    const bit = bits.get(key) ?? 2 ** bits.size;
    bits.set(key, bit);
    return bit;
  };
  return new Map(
    fields.map(([number, described, name]) => {
      const [, repeated, type = '', choice] = /^(repeated )?(\w+)(?: in (\w+))?$/.exec(described) ?? [];
      const isRepeated = repeated !== undefined;
      const kind = isKind(type) ? { kind: type } : { message: type };
      const bit = isRepeated ? 0 : bitOf(choice ?? name);
      return [number, { name, isRepeated, bit, ...kind, ...(choice === undefined ? {} : { choice }) }] as const;
    }),
  );
}

function isKind(type: string): type is Kind {
  return ['int64', 'int32', 'fixed32', 'fixed64', 'text', 'bytes'].includes(type);
}
