/** Pairs of texts in ONNX: `StringStringEntryProto`. */
import type { Field, ProtobufWalker } from '../protobuf/walk.ts';

/** Adds a pair to those before. @throws what `refuse` makes, for a key that comes twice */
export async function addEntry(
  { walker, refuse }: { walker: ProtobufWalker; refuse(found: string): Error },
  field: Field,
  entries: Map<string, string>,
): Promise<void> {
  let key = '';
  let value = '';
  await walker.message('StringStringEntryProto', field, {
    key: ({ text }) => {
      key = text;
    },
    value: ({ text }) => {
      value = text;
    },
  });
  if (entries.has(key)) throw refuse(`it has the key ${JSON.stringify(key)} twice in one list`);
  entries.set(key, value);
}
