/** The list of files in a model signature: OpenSSF Model Signing 1.0 §5.2.1. */
import { WaybillError } from '../../base/errors.ts';
import { asJsonObject } from '../encoding/signed-json.ts';
import { refusalOfName } from './resource-name.ts';

export interface Resource {
  readonly name: string;
  readonly algorithm: 'sha256';
  /** 64 lower-case hex digits. */
  readonly digest: string;
}

/** Twice what a package may hold; a larger list would not fit into a bundle. */
const MAX_RESOURCES = 500_000;

const WHAT = 'the files of the model signature';

/**
 * In their own order: Python sorts by parts of paths, the specification by code points, and the
 * root digest goes by the order as it stands. Members that we do not know are others' (§5.2.1).
 * @throws WaybillError STATEMENT_INVALID
 */
export function parseResources(value: unknown): readonly Resource[] {
  if (!Array.isArray(value)) throw invalid('they are not a list');
  if (value.length === 0) throw invalid('there are none');
  if (value.length > MAX_RESOURCES) throw invalid(`there are ${value.length}, the limit is ${MAX_RESOURCES}`);
  const resources = value.map(parseResource);
  const seen = new Set<string>();
  for (const { name } of resources) {
    // Python takes the last of two.
    if (seen.has(name)) throw invalid(`${JSON.stringify(name)} stands there twice`);
    seen.add(name);
  }
  return resources;
}

function parseResource(value: unknown, at: number): Resource {
  const { name, algorithm, digest } = asJsonObject(value, `${WHAT}, resources[${at}]`, 'STATEMENT_INVALID');
  if (typeof name !== 'string') throw invalid(`resources[${at}] has no name`);
  if (name === '.')
    throw invalid('it is over a single file, in a form that only some versions of model_signing write', {
      hint: 'Put the file into a folder and have the folder signed',
    });
  const shown = JSON.stringify(name);
  const refusal = refusalOfName(name);
  if (refusal !== undefined) throw invalid(`${shown} cannot be used: ${refusal}`);
  if (algorithm !== 'sha256') throw invalid(`the algorithm of ${shown} is ${JSON.stringify(algorithm)}, not "sha256"`);
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest))
    throw invalid(`the digest of ${shown} is not 64 lower-case hex digits`);
  return { name, algorithm, digest };
}

function invalid(found: string, details: { readonly hint?: string } = {}): WaybillError {
  return new WaybillError('STATEMENT_INVALID', `Cannot read ${WHAT}: ${found}`, details);
}
