/** Holds the values of a tensor to what is declared of it: how many, of which datatype, within which bounds. */
import type { InputTensor, OutputTensor } from '../waybill-file/interface.ts';
import { refusalOfValue } from './datatypes.ts';
import type { MessageTensor } from './message.ts';

/** @returns the first thing that is wrong, with its place, or undefined */
export function problemOfValues(
  declared: InputTensor | OutputTensor,
  { shape, data }: Pick<MessageTensor, 'shape' | 'data'>,
): string | undefined {
  const expected = shape.reduce((product, size) => product * size, 1);
  const isNested = data.some((item) => Array.isArray(item));
  if (isNested && !isOfShape(data, shape)) return `its data is not nested as its shape [${shape.join(', ')}] is`;
  const flat = isNested ? data.flat(shape.length) : data;
  if (flat.length !== expected)
    return `its shape [${shape.join(', ')}] has ${expected} values, its data has ${flat.length}`;
  for (const [index, value] of flat.entries()) {
    const problem = problemOfValue(declared, value);
    if (problem !== undefined) return `${show(value)}${placeOf(index, shape)} ${problem}`;
  }
  return undefined;
}

function problemOfValue(declared: InputTensor | OutputTensor, value: unknown): string | undefined {
  const { datatype, minimum, maximum, enum: values } = declared;
  const refusal = refusalOfValue(datatype, value);
  if (refusal !== undefined) return refusal;
  // BigInt and number compare exactly with < and >.
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (isNumber && minimum !== undefined && value < minimum) return `is below the minimum, ${minimum}`;
  if (isNumber && maximum !== undefined && value > maximum) return `is above the maximum, ${maximum}`;
  if (values !== undefined && !values.some((known) => known === value)) return 'is none of the values of enum';
  return undefined;
}

function isOfShape(data: unknown, [size, ...inner]: readonly number[]): boolean {
  if (size === undefined) return !Array.isArray(data);
  return Array.isArray(data) && data.length === size && data.every((item) => isOfShape(item, inner));
}

/** ` at [0, 3]`; nothing for the only value. */
function placeOf(index: number, shape: readonly number[]): string {
  if (shape.length === 0) return '';
  const place: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return ` at [${place.join(', ')}]`;
}

function show(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
