/** Tensors of a model file as waybill.yaml declares them: names and datatypes of the Open Inference Protocol. */
import type { Port } from '../model-file/format.ts';
import { datatypeOf } from './precision.ts';

export interface DeclaredTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly (number | string)[];
}

/** A name as waybill.yaml has for dimensions that vary. */
const DIMENSION_NAME = /^[A-Za-z_]\w*$/;

/** Undefined where the protocol cannot carry it: sequences, maps, types and ranks that the file does not say. */
export function declaredOf({ name, dtype, shape }: Port): DeclaredTensor | undefined {
  const datatype = datatypeOf(dtype);
  if (datatype === undefined || shape === undefined || name === '') return undefined;
  return {
    name,
    datatype,
    shape: shape.map((length) => (typeof length === 'number' || DIMENSION_NAME.test(length) ? length : -1)),
  };
}

/** Why a declared tensor is not the one of the file, or undefined. */
export function disagreement(stated: DeclaredTensor, port: Port): string | undefined {
  const derived = declaredOf(port);
  if (derived === undefined) return undefined; // It cannot be told: other tools' types have no word here.
  if (stated.datatype !== derived.datatype)
    return `its datatype is ${stated.datatype}, the file has ${derived.datatype}`;
  const shapes = `its shape is [${stated.shape.join(', ')}], the file has [${derived.shape.join(', ')}]`;
  if (stated.shape.length !== derived.shape.length) return shapes;
  const fits = stated.shape.every((length, index) => fitsDimension(length, derived.shape[index]));
  return fits ? undefined : shapes;
}

/** A fixed length fits a fixed length only; what varies in the file may be held to one length, never the reverse. */
function fitsDimension(stated: number | string, derived: number | string | undefined): boolean {
  const varies = typeof derived !== 'number' || derived === -1;
  return varies || stated === derived;
}
