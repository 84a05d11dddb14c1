/** Which of several models in a package is the one that the package is about. */
import path from 'node:path';
import type { ModelSet } from '../model-set/model-set.ts';

/**
 * The only one, else the only one in the outermost folder that has any, else the one that `runtime.model` names:
 * converted copies and parts of pipelines lie in folders of their own. Projectors and adapters stand beside a model.
 */
export function mainModel(sets: readonly ModelSet[], runtimeModel: string | undefined): ModelSet | undefined {
  const models = sets.filter((set) => !isCompanion(set));
  if (models.length === 0) return sets.length === 1 ? sets[0] : undefined;
  const depth = Math.min(...models.map(depthOf));
  const outermost = models.filter((set) => depthOf(set) === depth);
  return outermost.length === 1 ? outermost[0] : runtimeModelOf(sets, runtimeModel);
}

/** The model that runs, if it is told. */
export function runtimeModelOf(sets: readonly ModelSet[], runtimeModel: string | undefined): ModelSet | undefined {
  return runtimeModel === undefined ? undefined : sets.find(({ files }) => files.includes(runtimeModel));
}

/** `general.type` and `general.architecture` of GGUF; arrays beside a model (statistics, indexes) are no models. */
function isCompanion({ format, metadata, architecture }: ModelSet): boolean {
  if (format.id === 'npy' || format.id === 'npz') return true;
  const type = metadata.get('general.type');
  return architecture === 'clip' || type === 'adapter' || type === 'mmproj' || type === 'imatrix';
}

function depthOf({ files: [first = ''] }: ModelSet): number {
  return path.posix.normalize(first).split('/').length;
}
