/**
 * Writes what OpenSSF Model Signing 1.0 signs: a statement that lists every file of a model with its
 * digest (§5, §6). Only what its specification and its Python implementation read alike: whole
 * files, SHA-256, no links, a folder with at least one file.
 */
import { compareBytes } from '../../base/bytes.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts';
import { predicateTypes } from '../predicate-types.ts';
import { isLeftOut, leftOutNames } from './left-out.ts';
import { refusalOfName } from './resource-name.ts';
import { rootOf } from './root.ts';

export interface ModelStatement {
  /** The statement, as it is to be signed. */
  readonly payload: Buffer;
  /** Its subject: hex. */
  readonly root: string;
}

/**
 * A statement over these files; what Model Signing leaves out of a signature is left out.
 * @param name of the model: for people, the folder's
 * @param ignored paths that were left out beside those that always are
 * @throws WaybillError UNSUPPORTED when nothing is left to sign, or a digest is not SHA-256; PATH_INVALID
 */
export function modelStatement(
  name: string,
  files: ReadonlyMap<string, Digest>,
  ignored: readonly string[] = [],
): ModelStatement {
  const resources = [...files]
    .filter(([path]) => !isLeftOut(path))
    // §5.2.1: by code point, which is the order of UTF-8 and not that of JavaScript's strings.
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([path, digest]) => resourceOf(path, digest));
  if (resources.length === 0)
    throw new WaybillError('UNSUPPORTED', `Cannot sign ${name}: it has no files that a signature would cover`, {
      hint: `These are left out: ${leftOutNames.join(', ')}`,
    });
  const root = rootOf(resources.map(({ digest }) => digest));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: root } }],
    predicateType: predicateTypes.modelSignature,
    predicate: {
      resources,
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        // §6.2: what was excluded should be told; model_signing as a library goes by it.
        ignore_paths: [...leftOutNames, ...ignored],
      },
    },
  };
  return { payload: Buffer.from(canonicalJson(statement)), root };
}

function resourceOf(path: string, digest: Digest): { name: string; algorithm: string; digest: string } {
  const refusal = refusalOfName(path);
  if (refusal !== undefined)
    throw new WaybillError('PATH_INVALID', `Cannot sign ${JSON.stringify(path)}: ${refusal}`, { hint: 'Rename it' });
  if (algorithmOf(digest) !== 'sha256')
    throw new WaybillError('UNSUPPORTED', `Cannot sign ${JSON.stringify(path)}: its digest is not SHA-256`, {
      found: digest,
      hint: 'Unpack it and pack it again with waybill, which uses SHA-256',
    });
  return { name: path, algorithm: 'sha256', digest: encodedOf(digest) };
}
