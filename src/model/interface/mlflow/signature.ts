/**
 * MLflow's model signature (mlflow.models.ModelSignature, as MLmodel holds it: JSON texts) to and from an interface.
 * A TensorSpec is a tensor; a ColSpec is a tensor with one value for each row.
 */
import type { InputTensor, ModelInterface, OutputTensor } from '../../waybill-file/interface.ts';
import { lostConstraints } from '../constraints.ts';
import type { Lost, Mapped } from '../mapped.ts';
import { areColumns, contentOfColumn, typeOfColumn } from './columns.ts';
import { contentOfDtype, dtypeOfContent } from './dtypes.ts';
import { parametersOfSpecs, specsOfParameters } from './parameters.ts';
import { isObject } from './types.ts';

export interface MlflowSignature {
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly params: string | null;
}

type Side = 'inputs' | 'outputs';

/** The dimension that columns of one table have in common. */
const ROWS = 'rows';

export function fromMlflowSignature(signature: unknown): Mapped<ModelInterface> {
  if (!isObject(signature)) return { lost: [{ at: '', message: 'is no signature' }] };
  const lost: Lost[] = [];
  const inputs = tensorsOf('inputs', parsed(signature['inputs']), lost);
  const outputs = tensorsOf('outputs', parsed(signature['outputs']), lost);
  const specs = parsed(signature['params']);
  const parameters = specs === undefined ? undefined : parametersOfSpecs(specs);
  lost.push(...(parameters?.lost ?? []));
  if (inputs === undefined || outputs === undefined) return { lost };
  return {
    value: {
      inputs: [...inputs],
      outputs: [...outputs],
      ...(parameters?.value === undefined ? {} : { parameters: { ...parameters.value } }),
    },
    lost,
  };
}

export function toMlflowSignature(declared: ModelInterface): Mapped<MlflowSignature> {
  const lost: Lost[] = [];
  const side = (key: Side) => {
    const tensors = declared[key];
    const specs = areColumns(tensors)
      ? tensors.map((tensor) => columnSpec(tensor, `${key}.${tensor.name}`, lost))
      : tensors.map((tensor) => tensorSpec(tensor, `${key}.${tensor.name}`, lost));
    // A schema without anything in it is refused by MLflow; one that lacks a tensor would be wrong.
    if (specs.includes(undefined)) return undefined;
    return specs.length === 0 ? null : JSON.stringify(specs);
  };
  const inputs = side('inputs');
  const outputs = side('outputs');
  const params = declared.parameters === undefined ? undefined : specsOfParameters(declared.parameters);
  lost.push(...(params?.lost ?? []));
  if (inputs === undefined || outputs === undefined) return { lost };
  const specs = params?.value ?? [];
  return { value: { inputs, outputs, params: specs.length === 0 ? null : JSON.stringify(specs) }, lost };
}

/** @returns undefined when a tensor of the side is not known, and so the side is not */
function tensorsOf(side: Side, specs: unknown, lost: Lost[]): readonly InputTensor[] | undefined {
  if (specs === undefined) {
    lost.push({ at: side, message: 'the signature says nothing of them' });
    return [];
  }
  if (!Array.isArray(specs)) {
    lost.push({ at: side, message: 'is not a list' });
    return undefined;
  }
  const found = specs.map((spec, index) => tensorOf(side, isObject(spec) ? spec : {}, index, lost));
  return found.includes(undefined) ? undefined : found.filter((tensor) => tensor !== undefined);
}

function tensorOf(
  side: Side,
  spec: Readonly<Record<string, unknown>>,
  index: number,
  lost: Lost[],
): InputTensor | undefined {
  const isTensor = spec['type'] === 'tensor';
  const unnamed = isTensor ? side.slice(0, -1) : String(index);
  const name = typeof spec['name'] === 'string' && spec['name'] !== '' ? spec['name'] : unnamed;
  const at = `${side}.${name}`;
  if (name !== spec['name']) lost.push({ at, message: `has no name there; it is called ${name}` });
  if (!isTensor) {
    const { name: _, required, ...type } = spec;
    const content = contentOfColumn(type);
    if (content === undefined) {
      lost.push({ at, message: `its type ${JSON.stringify(type['type'])} is not known` });
      return undefined;
    }
    const isOptional = required === false && side === 'inputs';
    return { name, shape: [ROWS], ...content, ...(isOptional ? { required: false } : {}) };
  }
  const { dtype, shape } = isObject(spec['tensor-spec']) ? spec['tensor-spec'] : {};
  const content = typeof dtype === 'string' ? contentOfDtype(dtype) : undefined;
  if (content === undefined || !isShape(shape)) {
    lost.push({ at, message: `a tensor of ${JSON.stringify(dtype)} cannot be carried by the protocol` });
    return undefined;
  }
  return { name, shape: [...shape], ...content };
}

function columnSpec(tensor: InputTensor | OutputTensor, at: string, lost: Lost[]): unknown {
  const column = typeOfColumn(tensor);
  if (column === undefined) return undefined;
  lost.push(...lostConstraints(tensor, at, column.isWhole ? ['semantic'] : []));
  return { ...column.type, name: tensor.name, required: tensor['required'] !== false };
}

function tensorSpec(tensor: InputTensor | OutputTensor, at: string, lost: Lost[]): unknown {
  const dtype = dtypeOfContent(tensor);
  if (dtype === undefined) {
    lost.push({ at: `${at}.datatype`, message: `NumPy has no ${tensor.datatype}` });
    return undefined;
  }
  const names = tensor.shape.filter((size) => typeof size === 'string');
  if (names.length > 0) lost.push({ at: `${at}.shape`, message: `${names.join(', ')} becomes -1` });
  if (tensor['required'] === false) lost.push({ at: `${at}.required`, message: 'it becomes one that must be given' });
  const isSaid = dtype.startsWith('datetime64') || (dtype === 'bytes' && tensor.semantic?.['mediaTypes'] === undefined);
  lost.push(...lostConstraints(tensor, at, isSaid ? ['semantic'] : []));
  const shape = tensor.shape.map((size) => (typeof size === 'string' ? -1 : size));
  return { name: tensor.name, type: 'tensor', 'tensor-spec': { dtype, shape } };
}

/** The JSON text of one part of a signature; MLmodel has null for none. */
function parsed(text: unknown): unknown {
  if (text === null || text === undefined) return undefined;
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not a list: said by whoever asks for one.
  }
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= -1);
}
