/** Verifies an unpacked folder: each changed, missing and extra file by its name. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../base/errors.ts';
import { readSmallFile } from '../base/files.ts';
import { type Finding, type Verdict, verdictOf } from '../base/finding.ts';
import type { Progress } from '../base/progress.ts';
import { explainSystemError } from '../base/system-errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import type { Store } from '../oci/store.ts';
import { readContent } from '../oci/verified.ts';
import { SIGNATURE_FILE } from '../trust/oms/left-out.ts';
import { assertRestorable, readStructure } from './artifact/structure.ts';
import { compareSums } from './compare-sums.ts';
import { hashFiles } from './source/hash-files.ts';
import { walkFolder } from './source/walk.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE, type Sum } from './sums.ts';

export interface FolderVerification {
  readonly verdict: Verdict;
  /** Digest of the list that the folder was held to: the set digest of the package. */
  readonly setDigest: Digest;
  /** Files that were looked at, SHA256SUMS included. */
  readonly fileCount: number;
  readonly bytesRead: number;
  readonly findings: readonly Finding[];
}

export interface ExpectedSums {
  readonly text: string;
  readonly setDigest: Digest;
}

/**
 * The list in the folder itself. It says that the files belong together, not where they came from.
 * @throws WaybillError FILE_UNREADABLE when the folder has none
 */
export function sumsOfFolder(folder: string): ExpectedSums {
  const file = path.join(folder, SUMS_FILE);
  try {
    const bytes = readSmallFile(file, MAX_SUMS_SIZE);
    return { text: bytes.toString('utf8'), setDigest: digestOf(bytes) };
  } catch (error) {
    const explained = explainSystemError(`Cannot verify ${folder}`, error);
    if (!(explained instanceof WaybillError) || explained.code !== 'FILE_UNREADABLE') throw explained;
    throw new WaybillError('FILE_UNREADABLE', `Cannot verify ${folder}: it has no readable ${SUMS_FILE}`, {
      hint: `Name what it should be: waybill verify ${folder} --against REF`,
      cause: error,
    });
  }
}

/** The list of an artifact; its weights need not be there. */
export async function sumsOfArtifact(store: Store, target: Descriptor): Promise<ExpectedSums> {
  const structure = await readStructure(store, target);
  assertRestorable(structure, target.digest);
  const sums = structure.layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE);
  if (sums === undefined)
    throw new WaybillError(
      'UNSUPPORTED',
      `Cannot compare with ${target.digest}: it has no ${SUMS_FILE} (another tool packed it)`,
    );
  const bytes = await readContent(store, sums.descriptor, MAX_SUMS_SIZE, SUMS_FILE);
  return { text: bytes.toString('utf8'), setDigest: sums.descriptor.digest };
}

/** @throws WaybillError when the folder cannot be read; FILE_CHANGED when a file changes meanwhile */
export async function verifyFolder(
  folder: string,
  expected: ExpectedSums,
  { progress, signal }: { progress?: Progress; signal?: AbortSignal } = {},
): Promise<FolderVerification> {
  const sums = parseSums(expected.text);
  const findings: Finding[] = [];
  const own = fs.existsSync(path.join(folder, SUMS_FILE)) ? sumsOfFolder(folder) : undefined;
  if (own === undefined)
    findings.push({ rule: 'file-missing', level: 'error', path: SUMS_FILE, message: 'is missing' });
  else if (own.setDigest !== expected.setDigest) {
    findings.push({
      rule: 'file-changed',
      level: 'error',
      path: SUMS_FILE,
      message: `has changed: expected ${expected.setDigest}, found ${own.setDigest}`,
    });
  }
  const files = walkFolder(folder, { includeGit: true, followLinks: false }).filter(({ path }) => path !== SUMS_FILE);
  const regular = files.filter(({ path, refusal }) => {
    if (refusal !== undefined) findings.push({ rule: 'file-kind', level: 'error', path, message: refusal });
    return refusal === undefined;
  });
  const { digests, bytesRead } = await hashFiles(regular, 'Verifying', { progress, signal });
  const isSignature = await isModelSignature(folder, sums, digests);
  const refused = new Set(findings.map(({ path }) => path));
  const listed = isSignature ? new Map([...digests].filter(([file]) => file !== SIGNATURE_FILE)) : digests;
  if (isSignature)
    findings.push({
      rule: 'signature-beside',
      level: 'note',
      path: SIGNATURE_FILE,
      message: 'is a model signature, which is not looked at here',
    });
  findings.push(...compareSums(sums, listed).filter(({ rule, path }) => rule !== 'file-missing' || !refused.has(path)));
  return {
    verdict: verdictOf(findings),
    setDigest: expected.setDigest,
    fileCount: digests.size + (own === undefined ? 0 : 1),
    bytesRead,
    findings,
  };
}

/** Whether what lies where a signature is put, outside the list, is one: anything else there is an extra file. */
async function isModelSignature(
  folder: string,
  sums: readonly Sum[],
  digests: ReadonlyMap<string, Digest>,
): Promise<boolean> {
  if (!digests.has(SIGNATURE_FILE) || sums.some(({ path }) => path === SIGNATURE_FILE)) return false;
  const { readSignature } = await import('./signing/read-signature.ts');
  return readSignature(path.join(folder, SIGNATURE_FILE)) !== undefined;
}
