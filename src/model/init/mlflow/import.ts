/**
 * What an MLflow model folder says of itself (MLmodel and the files beside it), for waybill.yaml. Nothing is run and no
 * pickle is opened.
 */
import { fromMlflowSignature } from '../../interface/mlflow/signature.ts';
import type { Derived } from '../derived.ts';
import type { Imported, LookedAt } from '../imported.ts';
import { asName } from '../name.ts';
import { environmentOf } from './environment.ts';
import { componentsOfFlavors } from './files.ts';
import { MLMODEL, type Mlmodel, parseMlmodel, parseYaml } from './mlmodel.ts';

/** Written by MLflow when a model is taken out of its registry. */
const REGISTERED = 'registered_model_meta';

/** @returns undefined for a folder that is no MLflow model; in the folder above one, what to say of it */
export function importMlflow(folder: LookedAt): Imported | undefined {
  const text = folder.paths.includes(MLMODEL) ? folder.read(MLMODEL) : undefined;
  const model = text === undefined ? undefined : parseMlmodel(text);
  if (model === undefined) return elsewhere(folder);
  const signature = model.signature === undefined ? undefined : fromMlflowSignature(model.signature);
  const onnx = onnxModel(model, folder.paths);
  // What runs ONNX needs no Python.
  const environment = onnx === undefined ? environmentOf(model, folder) : { requires: {}, missing: [] };
  return {
    facts: factsOf(model, folder, onnx),
    ...(signature?.value === undefined ? {} : { interface: signature.value }),
    baseModels: [model.flavors['transformers']?.['source_model_name']].filter((name) => typeof name === 'string'),
    requires: environment.requires,
    provenance: { 'x-mlflow': originOf(model) },
    components: componentsOfFlavors(model, folder.paths),
    missing: [
      ...(signature === undefined ? [`interface: ${MLMODEL} has no signature`] : []),
      ...(signature?.lost ?? []).map(({ at, message }) => `interface, from the signature: ${at}: ${message}`),
      ...environment.missing,
      ...runtimeMissing(model, onnx),
      ...(Object.keys(model.metadata).length === 0
        ? []
        : [`${MLMODEL}: metadata is not taken over (${Object.keys(model.metadata).join(', ')})`]),
    ],
  };
}

function factsOf({ flavors }: Mlmodel, { read }: LookedAt, onnx: string | undefined): readonly Derived[] {
  const { model_name: name, model_version: version } = parseYaml(read(REGISTERED) ?? '');
  const { task } = flavors['transformers'] ?? {};
  const facts: [string, unknown, string][] = [
    ['name', typeof name === 'string' ? asName(name) : undefined, REGISTERED],
    ['version', /^[1-9]\d{0,8}$/.test(String(version ?? '')) ? `${String(version)}.0.0` : undefined, REGISTERED],
    ['model.task', task, `${MLMODEL}, transformers`],
    ['runtime.model', onnx, `${MLMODEL}, onnx`],
  ];
  return facts.flatMap(([key, value, from]) =>
    typeof value === 'string' && value !== '' ? [{ key, value, from }] : [],
  );
}

/** The model file of the flavour onnx, if it is there. */
function onnxModel({ flavors }: Mlmodel, paths: readonly string[]): string | undefined {
  const file = flavors['onnx']?.['data'];
  return typeof file === 'string' && paths.includes(file) ? file : undefined;
}

function runtimeMissing({ flavors }: Mlmodel, onnx: string | undefined): readonly string[] {
  if (onnx !== undefined) return [];
  const names = Object.keys(flavors).filter((name) => name !== 'python_function');
  const of = names.length === 0 ? 'python_function' : names.join(', ');
  return [
    `runtime: no engine runs the flavour ${of}; write a predictor that loads it, and name it under runtime.python`,
  ];
}

/** For the user and for those who look up the run: keys of his own, that Waybill keeps. */
function originOf({ flavors, runId, modelId, modelUuid, mlflowVersion, savedAt }: Mlmodel) {
  return {
    ...(runId === undefined ? {} : { runId }),
    ...(modelId === undefined ? {} : { modelId }),
    ...(modelUuid === undefined ? {} : { modelUuid }),
    ...(mlflowVersion === undefined ? {} : { mlflowVersion }),
    ...(savedAt === undefined ? {} : { savedAt }),
    flavors: Object.keys(flavors),
  };
}

/** Models of a run lie below it, each in a folder of its own. */
function elsewhere({ paths }: LookedAt): Imported | undefined {
  const below = paths.filter((path) => path.endsWith(`/${MLMODEL}`)).map((path) => path.slice(0, -MLMODEL.length - 1));
  if (below.length === 0) return undefined;
  const missing = below.map(
    (folder) => `${folder} is an MLflow model of its own: look at that folder for what it says`,
  );
  return { facts: [], baseModels: [], requires: {}, provenance: {}, components: new Map(), missing };
}
