/** Columns of MLflow's ColSpec, and the tensors of one value for each row that hold the same. */
import type { InputTensor } from '../../waybill-file/interface.ts';
import type { Content } from './dtypes.ts';
import { fromJsonSchema, type MlflowType, toJsonSchema } from './types.ts';

const SCALARS: Readonly<Record<string, Content>> = {
  boolean: { datatype: 'BOOL', semantic: { meaning: 'column' } },
  integer: { datatype: 'INT32', semantic: { meaning: 'column' } },
  long: { datatype: 'INT64', semantic: { meaning: 'column' } },
  float: { datatype: 'FP32', semantic: { meaning: 'column' } },
  double: { datatype: 'FP64', semantic: { meaning: 'column' } },
  string: { datatype: 'BYTES', semantic: { meaning: 'column' } },
  binary: { datatype: 'BYTES', semantic: { meaning: 'bytes' } },
  // In JSON, MLflow too has points in time as text.
  datetime: { datatype: 'BYTES', semantic: { meaning: 'time' } },
};

/** @returns undefined for what is no type of MLflow; lists, objects and maps become JSON text */
export function contentOfColumn(type: unknown): Content | undefined {
  const schema = toJsonSchema(type);
  if (schema === undefined) return undefined;
  const { type: name } = type as MlflowType;
  return SCALARS[name] ?? { datatype: 'BYTES', semantic: { meaning: 'json', schema: { ...schema } } };
}

/** Whether tensors are columns of one table: a value of each for the same rows. */
export function areColumns(tensors: readonly Pick<InputTensor, 'datatype' | 'shape' | 'semantic'>[]): boolean {
  const [rows] = tensors[0]?.shape ?? [];
  return (
    typeof rows === 'string' &&
    tensors.every(
      ({ datatype, shape, semantic }) =>
        shape.length === 1 &&
        shape[0] === rows &&
        semantic !== undefined &&
        ['column', 'text', 'label', 'bytes', 'json', 'time'].includes(semantic.meaning) &&
        typeOfColumn({ datatype, semantic }) !== undefined,
    )
  );
}

/** @returns the type, and whether it says all that the semantic does; undefined for a datatype that columns lack */
export function typeOfColumn({
  datatype,
  semantic,
}: Content): { readonly type: MlflowType; readonly isWhole: boolean } | undefined {
  if (semantic?.meaning === 'json') {
    const type = fromJsonSchema(semantic.schema ?? {});
    // A list of numbers of one column is not told from JSON text that is a number: only what nests is JSON.
    const isNested = type !== undefined && SCALARS[type.type] === undefined;
    return { type: isNested ? type : { type: 'any' }, isWhole: isNested };
  }
  const wanted = semantic?.meaning === 'bytes' || semantic?.meaning === 'time' ? semantic.meaning : 'column';
  const found = Object.entries(SCALARS).find(
    ([, known]) => known.datatype === datatype && known.semantic?.meaning === wanted,
  );
  if (found === undefined) return undefined;
  const [type, known] = found;
  const isWhole =
    semantic?.meaning === known.semantic?.meaning &&
    Object.values({ ...semantic }).filter((value) => value !== undefined).length === 1;
  return { type: { type }, isWhole };
}
