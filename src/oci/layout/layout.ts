/**
 * An OCI image layout as a store: image specification, "Image Layout". Safe for several processes
 * and for being killed: content appears by rename once it has proved its digest, the index changes
 * under a lock, and whoever has a layout open keeps `prune` out of it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { randomName, readRange, syncFolder } from '../../base/files.ts';
import { acquireLock } from '../../base/lock.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, isDigest } from '../digest.ts';
import { isManifestType, MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts';
import type {
  ArtifactStore,
  Bringing,
  ByteRange,
  Content,
  Receiving,
  TaggedDescriptor,
  TransferOptions,
  Transferred,
  Upload,
} from '../store.ts';
import { readContent, verifyWhileReading } from '../verified.ts';
import { blobPath, checkLayout, ingestPath, makeLayout, operationsLockPath } from './folder.ts';
import { changeIndex, entryFor, entryNamed, type IndexEntry, readIndex } from './index-file.ts';
import { checkRoom, receive } from './receive.ts';
import { LayoutUpload } from './upload.ts';

const PRUNE_WAIT_MILLISECONDS = 120_000;

/**
 * Opens a layout; disposing closes it.
 * @param access `write` makes what is missing, `read` changes nothing on the disk
 * @throws WaybillError STORE_UNAVAILABLE, STORE_BUSY while it is being pruned
 */
export async function openLayout(folder: string, access: 'read' | 'write'): Promise<Layout> {
  if (access === 'write') makeLayout(folder);
  else checkLayout(folder);
  return new Layout(path.resolve(folder), await enterLayout(folder, access));
}

/** Keeps `prune` out while the layout is in use; nothing to do where nobody can prune. */
async function enterLayout(folder: string, access: 'read' | 'write'): Promise<Disposable | undefined> {
  const lock = operationsLockPath(folder);
  if (!fs.existsSync(path.dirname(lock))) return undefined;
  try {
    return await acquireLock(lock, {
      mode: 'shared',
      wait: PRUNE_WAIT_MILLISECONDS,
      attempt: `Cannot open the store ${folder}`,
    });
  } catch (error) {
    const isBusy = error instanceof WaybillError && error.code === 'STORE_BUSY';
    if (isBusy || access === 'write') throw error;
    return undefined; // A read-only store whose lock cannot be made: whoever only reads needs none of his own.
  }
}

export class Layout implements ArtifactStore, Bringing, Receiving, AsyncDisposable {
  readonly folder: string;
  readonly #lock: Disposable | undefined;

  constructor(folder: string, lock: Disposable | undefined) {
    this.folder = folder;
    this.#lock = lock;
  }

  async stat(target: Descriptor): Promise<Descriptor | undefined> {
    const stats = fs.lstatSync(blobPath(this.folder, target.digest), { throwIfNoEntry: false });
    return stats?.isFile() ? { ...target, size: stats.size } : undefined;
  }

  async open(target: Descriptor): Promise<Content> {
    const file = blobPath(this.folder, target.digest);
    const stats = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!stats?.isFile()) {
      throw new WaybillError('BLOB_UNKNOWN', `Cannot read ${target.digest}: the store ${this.folder} does not hold it`);
    }
    const range = (wanted: ByteRange) => readBlob(file, wanted);
    return {
      size: stats.size,
      file,
      verified: () => verifyWhileReading(range({ start: 0, end: stats.size }), target),
      unverifiedRange: range,
    };
  }

  async start(expected?: Descriptor): Promise<Upload> {
    return new LayoutUpload(this.folder, expected, (reserved, digest) => this.adopt(reserved, digest));
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    const entries = readIndex(this.folder);
    if (isDigest(reference))
      return entries.find(({ target }) => target.digest === reference)?.target ?? this.#manifestAt(reference);
    return entryNamed(entries, reference, this.folder)?.target;
  }

  async tag(name: string, target: Descriptor): Promise<void> {
    await changeIndex(this.folder, (entries) => {
      const same = entries.filter((entry) => entry.name === name);
      if (same.length === 1 && same[0]?.target.digest === target.digest) return entries;
      const isPlain = (entry: IndexEntry) => entry.name === undefined && entry.target.digest === target.digest;
      return [...entries.filter((entry) => entry.name !== name && !isPlain(entry)), entryFor(target, name)];
    });
  }

  async untag(name: string): Promise<boolean> {
    let found = false;
    await changeIndex(this.folder, (entries) => {
      const kept = entries.filter((entry) => entry.name !== name);
      found = kept.length < entries.length;
      return found ? kept : entries;
    });
    return found;
  }

  async tags(): Promise<readonly TaggedDescriptor[]> {
    return readIndex(this.folder).flatMap(({ name, target }) => (name === undefined ? [] : [{ name, target }]));
  }

  async unnamed(): Promise<readonly Descriptor[]> {
    return readIndex(this.folder).flatMap(({ name, target }) => (name === undefined ? [target] : []));
  }

  async referrers(subject: Descriptor): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>();
    for (const { target } of readIndex(this.folder)) {
      if (!isManifestType(target.mediaType)) continue;
      const manifest = parseManifest(
        await readContent(this, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`),
        target.mediaType,
      );
      if (manifest.subject?.digest !== subject.digest) continue;
      const { mediaType, digest, size } = target;
      const artifactType =
        manifest.artifactType ?? (manifest.kind === 'manifest' ? manifest.config.mediaType : undefined);
      const annotations = manifest.annotations;
      found.set(digest, {
        mediaType,
        digest,
        size,
        annotations,
        ...(artifactType === undefined ? {} : { artifactType }),
      });
    }
    return [...found.values()];
  }

  async attach(referrer: Descriptor): Promise<void> {
    await changeIndex(this.folder, (entries) =>
      entries.some(({ target }) => target.digest === referrer.digest) ? entries : [...entries, entryFor(referrer)],
    );
  }

  receive(expected: Descriptor, content: Content, options: TransferOptions): Promise<Transferred> {
    return receive(this.folder, { expected, content, adopt: (file, digest) => this.adopt(file, digest) }, options);
  }

  async checkRoom(blobs: readonly Descriptor[]): Promise<void> {
    checkRoom(this.folder, blobs);
  }

  reserve(): string {
    return path.join(ingestPath(this.folder), randomName());
  }

  async adopt(reserved: string, digest: Digest): Promise<void> {
    const blob = blobPath(this.folder, digest);
    try {
      fs.mkdirSync(path.dirname(blob), { recursive: true });
      fs.renameSync(reserved, blob);
      // Between two links of one file, rename does nothing and leaves both.
      fs.rmSync(reserved, { force: true });
    } catch (error) {
      throw explainSystemError(`Cannot write into the store ${this.folder}`, error);
    }
  }

  async settle(): Promise<void> {
    syncFolder(path.join(this.folder, 'blobs', 'sha256'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock?.[Symbol.dispose]();
  }

  /** A manifest that the index does not name: its own bytes say what it is. */
  async #manifestAt(digest: Digest): Promise<Descriptor | undefined> {
    const stats = fs.lstatSync(blobPath(this.folder, digest), { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size > MAX_MANIFEST_SIZE) return undefined;
    const target = { mediaType: 'application/octet-stream', digest, size: stats.size };
    const { mediaType } = parseManifest(await readContent(this, target, MAX_MANIFEST_SIZE, `manifest ${digest}`));
    return { ...target, mediaType };
  }
}

async function* readBlob(file: string, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
  try {
    yield* readRange(descriptor, start, end);
  } finally {
    fs.closeSync(descriptor);
  }
}
