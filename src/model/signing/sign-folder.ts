/**
 * Signs the files of a folder: an OpenSSF Model Signing 1.0 signature beside them, which others'
 * tools verify too. What such a signature would pass over in silence is refused.
 */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { type Bundle, parseBundle } from '../../trust/bundle/bundle.ts';
import type { Signer } from '../../trust/keys/signer.ts';
import { isLeftOut, SIGNATURE_FILE } from '../../trust/oms/left-out.ts';
import { modelStatement } from '../../trust/oms/write.ts';
import { compareSums } from '../compare-sums.ts';
import { type HashOptions, hashFiles } from '../source/hash-files.ts';
import { checkSecrets } from '../source/secrets.ts';
import { walkFolder } from '../source/walk.ts';
import { SUMS_FILE } from '../sums.ts';
import { requireModelSigner, signBundle, signedBy, signsAlready } from './model-signer.ts';
import { pathWithin, readSignatureFile } from './signature-file.ts';
import { readSums } from './signed-sums.ts';

export interface SignedFolder {
  /** Where the signature lies. */
  readonly signatureFile: string;
  /** Root digest of the files, hex. */
  readonly root: string;
  /** Of the signature. */
  readonly bundle: Digest;
  readonly fileCount: number;
  readonly bytesRead: number;
  /** Of files that the cache knew, and that were not read. */
  readonly bytesKnown: number;
  /** Whether there was nothing to do: this key had signed these very files. */
  readonly isUnchanged: boolean;
}

export interface SignFolderOptions extends HashOptions {
  /** Where the signature goes; `model.sig` in the folder if absent. */
  readonly signatureFile?: string | undefined;
}

/**
 * @throws WaybillError UNSUPPORTED for what a signature would not cover; PATH_INVALID; FILE_CHANGED;
 *   DIGEST_INVALID when the folder contradicts its own SHA256SUMS; DESTINATION_EXISTS for a
 *   signature that somebody else made; SIGNER_FAILED
 */
export async function signFolder(
  folder: string,
  signer: Signer,
  { signatureFile = path.join(folder, SIGNATURE_FILE), ...options }: SignFolderOptions = {},
): Promise<SignedFolder> {
  requireModelSigner(signer);
  const existing = existingSignature(signatureFile, signer);
  const own = pathWithin(folder, signatureFile);
  const walked = walkFolder(folder, { includeGit: true, followLinks: false }).filter((file) => file.path !== own);
  const refused = walked.find(({ refusal }) => refusal !== undefined);
  if (refused !== undefined)
    throw new WaybillError(
      'PATH_INVALID',
      `Cannot sign ${folder}: ${refused.path} cannot be signed, ${refused.refusal}`,
      {
        hint: 'A signature covers regular files alone: put the file itself there, or take it away',
      },
    );
  checkSecrets(walked, 'Cannot sign');
  const { digests, bytesRead, bytesKnown } = await hashFiles(walked, 'Reading', options);
  holdToSums(folder, digests);
  const ignored = own === undefined || isLeftOut(own) ? [] : [own];
  const { payload, root } = modelStatement(path.basename(fs.realpathSync(folder)) || 'model', digests, ignored);
  const common = { signatureFile, root, fileCount: digests.size, bytesRead, bytesKnown };
  if (existing !== undefined && signsAlready(existing, signer, payload))
    return { ...common, bundle: existing.digest, isUnchanged: true };
  const bytes = await signBundle(signer, payload);
  writeAtomically(signatureFile, bytes);
  return { ...common, bundle: digestOf(bytes), isUnchanged: false };
}

/** A signature by the same key may be replaced; whatever else lies there is somebody's. */
function existingSignature(file: string, signer: Signer): Bundle | undefined {
  if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  let bundle: Bundle | undefined;
  try {
    bundle = parseBundle(readSignatureFile(file));
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
  }
  if (bundle !== undefined && signedBy(bundle, signer.publicKey)) return bundle;
  const found = bundle === undefined ? 'something else is there' : 'there is a signature of another key';
  throw new WaybillError('DESTINATION_EXISTS', `Cannot write the signature ${file}: ${found}`, {
    hint: 'Name another place with --signature FILE, or take the file away',
  });
}

/** What contradicts its own list is not signed, and what no signature covers must be covered by the list. */
function holdToSums(folder: string, digests: ReadonlyMap<string, Digest>): void {
  const digest = digests.get(SUMS_FILE);
  const sums = digest === undefined ? undefined : readSums(path.join(folder, SUMS_FILE), digest);
  const differing = compareSums(sums ?? [], digests).filter(({ rule }) => rule !== 'file-extra');
  const [first, ...more] = differing;
  if (first !== undefined)
    throw new WaybillError(
      'DIGEST_INVALID',
      `Cannot sign ${folder}: ${first.path} ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}; it contradicts its own ${SUMS_FILE}`,
      {
        hint: `waybill verify ${folder} shows all. If the files are right, take ${SUMS_FILE} away, or pack the folder`,
      },
    );
  const listed = new Set(sums?.map((sum) => sum.path));
  const bare = [...digests.keys()].filter((file) => isLeftOut(file) && !listed.has(file));
  if (bare.length === 0) return;
  const names = [...new Set(bare.map((file) => file.split('/')[0]))].join(', ');
  throw new WaybillError('UNSUPPORTED', `Cannot sign ${folder}: a model signature does not cover ${names}`, {
    hint: `Take it away, or pack the folder and sign the package, whose ${SUMS_FILE} covers it`,
  });
}
