/** Derives what can be known of a package's model from its files alone. */

import { digestLayout } from '../architecture/layout.ts';
import { elementsOf } from '../model-file/tensor.ts';
import type { ModelSet } from '../model-set/model-set.ts';
import type { PackageFile } from '../model-set/package-file.ts';
import { type ReadModels, readModels } from '../model-set/read.ts';
import type { Fact, ModelFacts } from './facts.ts';
import { mainModel, runtimeModelOf } from './main-model.ts';
import { precisionsOf } from './precision.ts';

export interface Derivation extends ReadModels {
  readonly facts: ModelFacts;
  /** The model that the facts are about; undefined where it cannot be told which one of several it is. */
  readonly main: ModelSet | undefined;
}

/**
 * @param runtimeModel the file that `runtime.model` of waybill.yaml names
 * @throws WaybillError FILE_UNREADABLE, FILE_CHANGED, and what the store throws
 */
export async function deriveFacts(files: readonly PackageFile[], runtimeModel?: string): Promise<Derivation> {
  const models = await readModels(files);
  const main = mainModel(models.sets, runtimeModel);
  const running = runtimeModelOf(models.sets, runtimeModel) ?? main;
  const own = main === undefined ? { files: [], baseModels: [] } : factsOf(main);
  return { ...models, main, facts: { ...own, ...(running === undefined ? {} : interfaceOf(running)) } };
}

function factsOf(main: ModelSet): ModelFacts {
  const { name, format, tensors, architecture, quantisation, contextLength } = main;
  const from = (what: string): string => `${name}, ${what}`;
  const parameters = tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0n);
  return {
    files: main.files,
    format: { value: format.id, from: name },
    ...fact('architecture', architecture === undefined ? undefined : [architecture], from('its description')),
    ...fact('parameters', tensors.length === 0 ? undefined : parameters, from('its tensors')),
    ...layoutFacts(main, from('names, types and shapes of its tensors')),
    ...fact('precision', precisionsOf(tensors), from('the types of its tensors')),
    ...fact('quantization', quantisation, from('its description')),
    ...fact('contextLength', contextLength, from('its description')),
    baseModels: [],
  };
}

function layoutFacts({ tensors }: ModelSet, from: string): Pick<ModelFacts, 'layoutDigest' | 'shapeDigest'> {
  if (tensors.length === 0) return {};
  const { layoutDigest, shapeDigest } = digestLayout(tensors);
  return { layoutDigest: { value: layoutDigest, from }, shapeDigest: { value: shapeDigest, from } };
}

function interfaceOf({ name, files: [file = ''], inputs, outputs }: ModelSet): Pick<ModelFacts, 'interface'> {
  if (inputs === undefined || outputs === undefined) return {};
  return fact('interface', { file, inputs, outputs }, `${name}, its inputs and outputs`);
}

function fact<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
  from: string,
): { [K in Key]?: Fact<Value> } {
  return value === undefined ? {} : ({ [key]: { value, from } } as { [K in Key]?: Fact<Value> });
}
