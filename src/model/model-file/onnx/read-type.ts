/** Declared values of ONNX: `ValueInfoProto` and the `TypeProto` in it. */
import type { Port } from '../format.ts';
import type { Field } from '../protobuf/walk.ts';
import { elementTypes } from './element-types.ts';
import { MAX_DIMENSIONS, type Reading } from './read-tensor.ts';

interface Type {
  readonly dtype: string;
  readonly shape?: readonly (number | string)[];
}

/** @returns a port without a dtype where the file does not say it */
export async function readValueInfo(reading: Reading, field: Field): Promise<Omit<Port, 'dtype'> & Partial<Port>> {
  let name = '';
  let type: Type | undefined;
  await reading.walker.message('ValueInfoProto', field, {
    name: ({ text }) => {
      name = text;
    },
    type: async (found) => {
      type = await readType(reading, found);
    },
  });
  return { name, ...type };
}

async function readType(reading: Reading, field: Field): Promise<Type | undefined> {
  const { walker } = reading;
  let type: Type | undefined;
  const inner = async (found: Field, message: string) => {
    let element: Type | undefined;
    let key = '';
    await walker.message(message, found, {
      elem_type: async (part) => {
        element = await readType(reading, part);
      },
      value_type: async (part) => {
        element = await readType(reading, part);
      },
      ...(message === 'TypeProto_Map'
        ? {
            key_type: ({ integer }) => {
              key = `${dtypeOf(reading, Number(integer)).toLowerCase()}, `;
            },
          }
        : {}),
    });
    return `${key}${spell(element)}`;
  };
  await walker.message('TypeProto', field, {
    tensor_type: async (found) => {
      type = await readTensorType(reading, found);
    },
    sparse_tensor_type: async (found) => {
      const { dtype, shape } = await readTensorType(reading, found);
      type = { dtype: `sparse_tensor(${dtype.toLowerCase()})`, ...(shape === undefined ? {} : { shape }) };
    },
    sequence_type: async (found) => {
      type = { dtype: `seq(${await inner(found, 'TypeProto_Sequence')})` };
    },
    optional_type: async (found) => {
      type = { dtype: `optional(${await inner(found, 'TypeProto_Sequence')})` };
    },
    map_type: async (found) => {
      type = { dtype: `map(${await inner(found, 'TypeProto_Map')})` };
    },
    opaque_type: async (found) => {
      await walker.message('TypeProto_Opaque', found);
      type = { dtype: 'opaque' };
    },
  });
  return type;
}

async function readTensorType(reading: Reading, field: Field): Promise<Type> {
  const { walker, refuse } = reading;
  let dtype: string | undefined;
  let shape: (number | string)[] | undefined;
  await walker.message('TypeProto_Tensor', field, {
    elem_type: ({ integer }) => {
      dtype = dtypeOf(reading, Number(integer));
    },
    shape: async (found) => {
      const dimensions: (number | string)[] = [];
      await walker.message('TensorShapeProto', found, {
        dim: async (one) => {
          let length: number | string = -1;
          await walker.message('Dimension', one, {
            dim_value: ({ integer }) => {
              if (typeof integer === 'bigint') throw refuse(`a dimension that ends at byte ${one.end} is ${integer}`);
              // Some writers say so that it varies.
              length = integer < 0 ? -1 : integer;
            },
            dim_param: ({ text }) => {
              length = text === '' ? -1 : text;
            },
          });
          if (dimensions.length === MAX_DIMENSIONS) throw refuse(`a type has more than ${MAX_DIMENSIONS} dimensions`);
          dimensions.push(length);
        },
      });
      shape = dimensions;
    },
  });
  if (dtype === undefined) throw refuse(`a type that ends at byte ${field.end} has no element type`);
  return { dtype, ...(shape === undefined ? {} : { shape }) };
}

function dtypeOf({ refuse }: Reading, type: number): string {
  const { dtype } = elementTypes.get(type) ?? {};
  if (dtype === undefined) throw refuse(`it has the element type ${type}, which is not known`);
  return dtype;
}

/** As ONNX spells what is in a sequence: `tensor(f32)`. */
function spell(type: Type | undefined): string {
  if (type === undefined) return '?';
  return /[(]|^opaque$/.test(type.dtype) ? type.dtype : `tensor(${type.dtype.toLowerCase()})`;
}
