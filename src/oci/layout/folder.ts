/**
 * The folders of an OCI image layout on disk: image specification, "Image Layout". What Waybill
 * needs for itself (locks, unfinished content) lies in `.waybill/`, which other tools ignore.
 */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { makeFolders, readSmallFile, writeAtomically, writeIfAbsent } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { algorithmOf, type Digest, encodedOf } from '../digest.ts';
import { IMAGE_INDEX } from '../media-types.ts';

const OWN_NAMES = new Set(['.waybill', 'blobs', 'index.json', 'oci-layout', 'ingest']);

export function blobPath(folder: string, digest: Digest): string {
  return path.join(folder, 'blobs', algorithmOf(digest), encodedOf(digest));
}

export const indexPath = (folder: string) => path.join(folder, 'index.json');
export const indexLockPath = (folder: string) => path.join(folder, '.waybill', 'index.lock');
export const operationsLockPath = (folder: string) => path.join(folder, '.waybill', 'operations.lock');
export const ingestPath = (folder: string) => path.join(folder, '.waybill', 'ingest');

/** Whether a name in the layout is that of a file whose writing was interrupted (base/files.ts). */
export function isUnfinished(name: string): boolean {
  return /^\.(?:index\.json|oci-layout)\.[0-9a-f]{16}$/.test(name);
}

/** `{"imageLayoutVersion":"1.0.0"}` with some room. */
export const MAX_MARKER_SIZE = 4 * 1024;
/** What has arrived of content that is still on its way. */
export const partialPath = (folder: string): string => path.join(folder, '.waybill', 'partial');

/** @throws WaybillError STORE_UNAVAILABLE unless the folder is a layout of a version we know */
export function checkLayout(folder: string): void {
  let bytes: Buffer;
  try {
    bytes = readSmallFile(path.join(folder, 'oci-layout'), MAX_MARKER_SIZE);
  } catch (cause) {
    throw new WaybillError(
      'STORE_UNAVAILABLE',
      `Cannot open ${folder}: it is not an OCI image layout (it has no readable oci-layout file)`,
      { cause },
    );
  }
  checkMarker(bytes, folder);
}

/** Holds the content of an oci-layout file to the version that we know. @param where the layout, for the message */
export function checkMarker(bytes: Buffer, where: string): void {
  let version: unknown;
  try {
    version = JSON.parse(bytes.toString('utf8')).imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (typeof version !== 'string' || !/^1\.\d+\.\d+$/.test(version)) {
    throw new WaybillError('STORE_UNAVAILABLE', `Cannot open ${where}: its oci-layout file does not state version 1`);
  }
}

/**
 * Makes the folders of a layout, whichever are missing.
 * @throws WaybillError STORE_UNAVAILABLE when the folder holds something else
 */
export function makeLayout(folder: string): void {
  try {
    const foreign = fs.existsSync(folder)
      ? fs.readdirSync(folder).filter((name) => !OWN_NAMES.has(name) && !isUnfinished(name))
      : [];
    if (foreign.length > 0 && !fs.existsSync(path.join(folder, 'oci-layout'))) {
      throw new WaybillError(
        'STORE_UNAVAILABLE',
        `Cannot make a store in ${folder}: it holds other files (${foreign.slice(0, 3).join(', ')})`,
        {
          hint: 'Name a new or empty folder',
        },
      );
    }
    makeFolders(ingestPath(folder));
    makeFolders(path.join(folder, 'blobs', 'sha256'));
    if (!fs.existsSync(path.join(folder, 'oci-layout'))) {
      // The index first: a layout with this marker and without an index has lost it, and is not empty.
      writeIfAbsent(indexPath(folder), JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: [] }));
      writeAtomically(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    }
  } catch (error) {
    throw explainSystemError(`Cannot make a store in ${folder}`, error);
  }
  checkLayout(folder);
}
