/**
 * `index.json` of a layout: which manifests it holds and under which names. Entries that other
 * tools wrote are kept as they are, member by member. Changed only under a lock.
 */
import { systemCode, WaybillError } from '../../base/errors.ts';
import { readSmallFile, writeAtomically } from '../../base/files.ts';
import { acquireLock } from '../../base/lock.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { asObject, type Descriptor, invalid, parseDescriptor } from '../descriptor.ts';
import { annotationKeys, IMAGE_INDEX } from '../media-types.ts';
import { indexLockPath, indexPath } from './folder.ts';

/** 100,000 tags of about 350 bytes. */
const MAX_INDEX_SIZE = 64 * 1024 * 1024;
const LOCK_WAIT_MILLISECONDS = 60_000;

export interface IndexEntry {
  readonly target: Descriptor;
  /** The name, if it has one. */
  readonly name: string | undefined;
  /** The entry as it stands in the file. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** @throws WaybillError MANIFEST_INVALID when the file is damaged, STORE_UNAVAILABLE when it is absent */
export function readIndex(folder: string): readonly IndexEntry[] {
  return loadIndex(folder).entries;
}

/** Changes the entries; a crash leaves the old or the new file. */
export async function changeIndex(
  folder: string,
  change: (entries: readonly IndexEntry[]) => readonly IndexEntry[],
): Promise<void> {
  using _ = await acquireLock(indexLockPath(folder), {
    mode: 'exclusive',
    wait: LOCK_WAIT_MILLISECONDS,
    attempt: `Cannot change the index of ${folder}`,
  });
  const { document, entries } = loadIndex(folder);
  const changed = change(entries);
  if (changed === entries) return;
  const next = { schemaVersion: 2, mediaType: IMAGE_INDEX, ...document, manifests: changed.map(({ raw }) => raw) };
  writeAtomically(indexPath(folder), JSON.stringify(next));
}

/** A new entry for a manifest, with a name or without. */
export function entryFor(target: Descriptor, name?: string): IndexEntry {
  const { mediaType, digest, size, artifactType } = target;
  const { [annotationKeys.refName]: _, ...others } = target.annotations ?? {};
  const annotations = name === undefined ? others : { ...others, [annotationKeys.refName]: name };
  const raw = {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return { target, name, raw };
}

/**
 * The entry of a name, if there is one.
 * @throws WaybillError MANIFEST_INVALID when the name stands for two artifacts: readers would pick differently
 */
export function entryNamed(entries: readonly IndexEntry[], name: string, where: string): IndexEntry | undefined {
  const [first, ...others] = entries.filter((entry) => entry.name === name);
  if (others.some(({ target }) => target.digest !== first?.target.digest))
    throw new WaybillError(
      'MANIFEST_INVALID',
      `Cannot resolve ${name}: the index of ${where} has two artifacts of this name`,
    );
  return first;
}

interface ParsedIndex {
  readonly document: Readonly<Record<string, unknown>>;
  readonly entries: readonly IndexEntry[];
}

function loadIndex(folder: string): ParsedIndex {
  try {
    return parseIndex(readSmallFile(indexPath(folder), MAX_INDEX_SIZE), 'index.json');
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      // Never taken for an empty one: nothing would seem to be damaged, and everything free to be removed.
      throw new WaybillError('STORE_UNAVAILABLE', `Cannot read the index of ${folder}: it has no index.json`, {
        hint: 'Restore that file from a backup, or copy the packages into a new store',
        cause: error,
      });
    throw explainSystemError(`Cannot read the index of ${folder}`, error);
  }
}

/** @throws WaybillError MANIFEST_INVALID, DIGEST_INVALID */
export function parseIndex(bytes: Uint8Array, where: string): ParsedIndex {
  const document = asObject(parseStrictJson(bytes, where), where, [
    'schemaVersion',
    'mediaType',
    'manifests',
    'annotations',
  ]);
  if (document['schemaVersion'] !== 2) throw invalid(where, 'schemaVersion is not 2');
  const manifests = document['manifests'];
  if (!Array.isArray(manifests)) throw invalid(where, 'manifests is not a list');
  const entries = manifests.map((raw, index): IndexEntry => {
    const target = parseDescriptor(raw, `${where}, manifests[${index}]`);
    return { target, name: target.annotations?.[annotationKeys.refName], raw };
  });
  return { document, entries };
}
