/**
 * Verifies a folder by a model signature: whose it is first, then every file against its list.
 * Nothing in the folder is passed over but the signature itself.
 */
import path from 'node:path';
import { type ErrorCode, WaybillError } from '../../base/errors.ts';
import { type Finding, type Verdict, verdictOf } from '../../base/finding.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { type Bundle, parseBundle } from '../../trust/bundle/bundle.ts';
import type { PublicKey } from '../../trust/keys/public-key.ts';
import { compareResources } from '../../trust/oms/compare.ts';
import { SIGNATURE_FILE } from '../../trust/oms/left-out.ts';
import { type ModelSignature, readModelSignature } from '../../trust/oms/read.ts';
import { type HashOptions, hashFiles } from '../source/hash-files.ts';
import { walkFolder } from '../source/walk.ts';
import { SUMS_FILE } from '../sums.ts';
import { signedBy } from './model-signer.ts';
import { pathWithin, readSignatureFile } from './signature-file.ts';
import { readSums } from './signed-sums.ts';

export interface SignedFolderVerification {
  readonly verdict: Verdict;
  /** The key that signed, where it is one that is believed. */
  readonly keyId: string | undefined;
  /** What the signer calls the model. */
  readonly name: string | undefined;
  /** Root digest of the files, hex. */
  readonly root: string | undefined;
  /** Files that were looked at; none where the signature is not believed. */
  readonly fileCount: number;
  readonly bytesRead: number;
  readonly findings: readonly Finding[];
}

/**
 * @param keyFor the key that the signature must be of, by what the reader trusts; may throw
 *   CERTIFICATE_INVALID
 * @throws WaybillError when it could not be told: what cannot be read; UNSUPPORTED for signatures of a
 *   kind that is not verified; FILE_CHANGED. Everything that is wrong with signature or files is a finding.
 */
export async function verifySignedFolder(
  folder: string,
  signatureFile: string,
  keyFor: (bundle: Bundle) => PublicKey,
  options: Omit<HashOptions, 'cache'> = {},
): Promise<SignedFolderVerification> {
  const bytes = readSignatureFile(signatureFile);
  const believed = believe(bytes, keyFor);
  if ('finding' in believed)
    return {
      verdict: 'fail',
      keyId: undefined,
      name: undefined,
      root: undefined,
      fileCount: 0,
      bytesRead: 0,
      findings: [believed.finding],
    };
  const { signature, key } = believed;
  const own = pathWithin(folder, signatureFile);
  const walked = walkFolder(folder, { includeGit: true, followLinks: false }).filter((file) => file.path !== own);
  const kinds = walked.flatMap(({ path, refusal }): Finding[] =>
    refusal === undefined ? [] : [{ rule: 'file-kind', level: 'error', path, message: refusal }],
  );
  const regular = walked.filter(({ refusal }) => refusal === undefined);
  const { digests, bytesRead } = await hashFiles(regular, 'Verifying', options);
  // A copy of the signature under its usual name is the signature; anything else there is a file.
  const files = new Map(digests);
  if (files.get(SIGNATURE_FILE) === digestOf(bytes)) files.delete(SIGNATURE_FILE);
  const known = new Set(kinds.map(({ path }) => path));
  const differing = compareResources(signature, files, coveredBy(folder, signature, files)).filter(
    ({ rule, path }) => rule !== 'file-missing' || !known.has(path),
  );
  const warnings = signature.warnings.filter(({ path }) => path === undefined || path !== own);
  const findings = [...kinds, ...differing, ...warnings, MODES];
  return {
    verdict: verdictOf(findings),
    keyId: key.id,
    name: signature.name,
    root: signature.root,
    fileCount: files.size,
    bytesRead,
    findings,
  };
}

const MODES: Finding = {
  rule: 'modes-unsigned',
  level: 'note',
  message: 'A model signature does not cover whether a file is executable; the manifest of a package does',
};

type Believed = { readonly signature: ModelSignature; readonly key: PublicKey } | { readonly finding: Finding };

/** The statement of a signature that is of the right key; or what is wrong with it. */
function believe(bytes: Buffer, keyFor: (bundle: Bundle) => PublicKey): Believed {
  try {
    const bundle = parseBundle(bytes);
    requireVerifiable(bundle);
    const key = keyFor(bundle);
    if (!signedBy(bundle, key)) return refused({ rule: 'signature-wrong' }, `It is no signature of the key ${key.id}`);
    return { signature: readModelSignature(bundle), key };
  } catch (error) {
    const meaning = error instanceof WaybillError ? MEANINGS[error.code] : undefined;
    if (!(error instanceof WaybillError) || meaning === undefined) throw error;
    return refused(meaning, error.message);
  }
}

/** What a failure to believe means; every other failure is one to tell. */
const MEANINGS: Partial<Record<ErrorCode, Pick<Finding, 'rule'>>> = {
  BUNDLE_INVALID: { rule: 'signature-malformed' },
  STATEMENT_INVALID: { rule: 'signature-malformed' },
  LIMIT_EXCEEDED: { rule: 'signature-malformed' },
  CERTIFICATE_INVALID: { rule: 'certificate-refused' },
};

function refused({ rule }: Pick<Finding, 'rule'>, message: string): Believed {
  return { finding: { rule, level: 'error', message } };
}

/** Sigstore's keyless method: a certificate for ten minutes, which only its log makes believable later. */
function requireVerifiable({ material, logEntries }: Bundle): void {
  const isAlone = material.kind === 'certificates' && material.form === 'certificate';
  if (isAlone && logEntries === 0)
    throw new WaybillError(
      'BUNDLE_INVALID',
      'Cannot believe the signature: it lacks the entry of the log (tlogEntries)',
    );
  if (logEntries === 0) return;
  throw new WaybillError(
    'UNSUPPORTED',
    "Cannot verify the signature: it was made by Sigstore's keyless method, which Waybill does not verify yet",
    { hint: 'model_signing verify sigstore does' },
  );
}

/** What the signed SHA256SUMS vouches for, if there is one and it is as it was signed. */
function coveredBy(
  folder: string,
  { resources }: ModelSignature,
  files: ReadonlyMap<string, Digest>,
): ReadonlyMap<string, Digest> {
  const found = files.get(SUMS_FILE);
  const isSigned = resources.some(({ name, digest }) => name === SUMS_FILE && found === `sha256:${digest}`);
  if (found === undefined || !isSigned) return new Map();
  const sums = readSums(path.join(folder, SUMS_FILE), found) ?? [];
  return new Map(sums.map((sum) => [sum.path, sum.digest]));
}
