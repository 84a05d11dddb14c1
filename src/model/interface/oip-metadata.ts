/**
 * Model metadata of the Open Inference Protocol v2 ("Model Metadata Response JSON Object"), which KServe, Triton and
 * MLServer speak: to and from an interface.
 */
import type { InputTensor, ModelInterface, OutputTensor } from '../waybill-file/interface.ts';
import { lostConstraints } from './constraints.ts';
import { type Datatype, datatypes } from './datatypes.ts';
import type { Lost, Mapped } from './mapped.ts';

export interface OipMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  /** Free text of the form `<project>_<format>`. */
  readonly platform: string;
  readonly inputs: readonly OipTensor[];
  readonly outputs: readonly OipTensor[];
}

interface OipTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface ModelFacts {
  readonly name: string;
  readonly version?: string;
  readonly platform: string;
}

export function toOipMetadata(
  declared: ModelInterface,
  { name, version, platform }: ModelFacts,
): Mapped<OipMetadata> & { readonly value: OipMetadata } {
  const lost: Lost[] = [];
  const side = (key: 'inputs' | 'outputs') =>
    declared[key].map((tensor): OipTensor => {
      const at = `${key}.${tensor.name}`;
      lost.push(...lostOf(tensor, at));
      return { name: tensor.name, datatype: tensor.datatype, shape: tensor.shape.map(plainSize) };
    });
  const value = {
    name,
    ...(version === undefined ? {} : { versions: [version] }),
    platform,
    inputs: side('inputs'),
    outputs: side('outputs'),
  };
  if (declared.parameters !== undefined) lost.push({ at: 'parameters', message: 'there is no place for them' });
  return { value, lost };
}

/** The platform by what runs the model; `waybill` where no project has a name for it. */
export function platformOf(runtime: { readonly engine?: string | undefined } | undefined): string {
  if (runtime === undefined) return 'waybill_unknown';
  return runtime.engine === 'onnx' ? 'onnx_onnxv1' : 'waybill_python';
}

/** Reads the metadata of any server; what is no tensor of the protocol is told. */
export function fromOipMetadata(metadata: unknown): Mapped<ModelInterface> {
  if (typeof metadata !== 'object' || metadata === null) return { lost: [{ at: '', message: 'is not an object' }] };
  const { inputs, outputs }: { inputs?: unknown; outputs?: unknown } = metadata;
  const lost: Lost[] = [];
  const side = (key: 'inputs' | 'outputs', list: unknown): OutputTensor[] => {
    if (!Array.isArray(list)) {
      lost.push({ at: key, message: 'is not a list' });
      return [];
    }
    return list.flatMap((tensor: unknown, index) => {
      if (isTensor(tensor)) return [{ name: tensor.name, datatype: tensor.datatype, shape: [...tensor.shape] }];
      lost.push({ at: `${key}.${index}`, message: 'is no tensor of the protocol' });
      return [];
    });
  };
  const found = { inputs: side('inputs', inputs), outputs: side('outputs', outputs) };
  // A model of which a tensor is not known is not known.
  return lost.length === 0 ? { value: found, lost } : { lost };
}

function lostOf(tensor: InputTensor | OutputTensor, at: string): readonly Lost[] {
  const names = [...new Set(tensor.shape.filter((size) => typeof size === 'string'))];
  return [
    ...(names.length === 0 ? [] : [{ at: `${at}.shape`, message: `${names.join(', ')} becomes -1` }]),
    ...('required' in tensor && tensor.required === false
      ? [{ at: `${at}.required`, message: 'it becomes one that must be given' }]
      : []),
    ...lostConstraints(tensor, at),
  ];
}

function plainSize(size: number | string): number {
  return typeof size === 'string' ? -1 : size;
}

function isTensor(value: unknown): value is OipTensor & { readonly datatype: Datatype } {
  if (typeof value !== 'object' || value === null) return false;
  const { name, datatype, shape }: { name?: unknown; datatype?: unknown; shape?: unknown } = value;
  return (
    typeof name === 'string' &&
    name !== '' &&
    datatypes.some((known) => known === datatype) &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size >= -1)
  );
}
