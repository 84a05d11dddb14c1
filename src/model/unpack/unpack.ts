/** Restores the files of an artifact: all of them, verified, or nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { assembleAll, type Job } from '../../base/hashing/pool.ts';
import { type Progress, silent } from '../../base/progress.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import type { Content, Store } from '../../oci/store.ts';
import { checkContent, readContent } from '../../oci/verified.ts';
import { modeOf } from '../artifact/build.ts';
import { readTarLayer, type TarSink } from '../artifact/read-tar-layer.ts';
import { assertRestorable, type Layer, readStructure } from '../artifact/structure.ts';
import { compareSums } from '../compare-sums.ts';
import { MAX_FILES } from '../layers.ts';
import type { Component } from '../media-types.ts';
import { findCollision } from '../paths/collisions.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE } from '../sums.ts';
import { type Destination, openDestination } from './destination.ts';

export interface UnpackOptions {
  /** Only these components; all if absent. */
  readonly only?: readonly Component[];
  readonly bring?: 'clone' | 'link';
  /** Whether a folder that is there may be replaced. */
  readonly overwrite?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface Unpacked {
  readonly digest: Digest;
  readonly fileCount: number;
  readonly bytesWritten: number;
  readonly findings: readonly Finding[];
}

/**
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, ARCHIVE_UNSAFE, MANIFEST_INVALID, DESTINATION_EXISTS,
 *   DISK_FULL; the destination is then as it was
 */
export async function unpack(
  store: Store,
  target: Descriptor,
  folder: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const structure = await readStructure(store, target);
  assertRestorable(structure, target.digest);
  const layers = structure.layers.filter(({ component }) => options.only?.includes(component) ?? true);
  if (layers.length === 0) {
    throw new WaybillError(
      'USAGE',
      `Cannot unpack ${target.digest}: it has no files in ${options.only?.join(', ') ?? 'it'}`,
    );
  }
  const raw = layers.filter(({ form }) => form === 'raw');
  refuseCollisions(raw.map(({ path }) => path));
  await using destination = await openDestination(folder, options.overwrite ?? false);
  if (options.bring !== 'link') checkSpace(folder, layers);

  const restore = new Restore(store, destination, options);
  await restore.rawLayers(raw);
  for (const layer of layers) if (layer.form !== 'raw') await restore.tarLayer(layer);
  refuseCollisions(restore.files.keys());
  if (options.only === undefined) await holdToSums(store, structure.layers, restore.files);
  destination.finish();
  return {
    digest: target.digest,
    fileCount: restore.files.size,
    bytesWritten: restore.bytesWritten,
    findings: structure.findings,
  };
}

class Restore {
  readonly files = new Map<string, Digest>();
  bytesWritten = 0;
  readonly #store: Store;
  readonly #destination: Destination;
  readonly #options: UnpackOptions;

  constructor(store: Store, destination: Destination, options: UnpackOptions) {
    this.#store = store;
    this.#destination = destination;
    this.#options = options;
  }

  async rawLayers(layers: readonly Layer[]): Promise<void> {
    const { progress = silent, signal } = this.#options;
    const jobs: { layer: Layer; job: Job }[] = [];
    for (const layer of layers) {
      this.#add(layer.path, layer.descriptor.digest);
      const content = await this.#store.open(layer.descriptor);
      if (content.size !== layer.descriptor.size)
        checkContent(layer.descriptor, { size: content.size, digest: layer.descriptor.digest });
      if (content.file !== undefined && layer.descriptor.digest.startsWith('sha256:'))
        jobs.push({ layer, job: this.#jobFor(layer, content.file) });
      else await this.#stream(layer, content);
    }
    const results = await assembleAll(
      jobs.map(({ job }) => job),
      { label: 'Unpacking', progress, signal },
    );
    for (const [index, { sha256, size, bytesWritten }] of results.entries()) {
      const layer = jobs[index]?.layer;
      if (layer === undefined) continue;
      checkContent(layer.descriptor, { size, digest: sha256Digest(sha256) });
      this.bytesWritten += bytesWritten;
    }
  }

  async tarLayer(layer: Layer): Promise<void> {
    const sink: TarSink = {
      file: ({ path, mode }) => {
        if (this.files.size >= MAX_FILES)
          throw new WaybillError('LIMIT_EXCEEDED', `Cannot unpack: it has more than ${MAX_FILES} files`);
        if (this.files.has(path)) throw twice(path);
        return this.#create(path, (mode & 0o100) !== 0);
      },
    };
    const { files } = await readTarLayer(this.#store, layer, sink, this.#options.signal);
    for (const { path, digest } of files) this.#add(path, digest);
  }

  #jobFor(layer: Layer, file: string): Job {
    const mode = modeOf(layer.isExecutable);
    // Linked names share one mode, the store's: an executable file needs its own.
    const bring = this.#options.bring === 'link' && !layer.isExecutable ? 'link' : 'clone';
    const to = this.#destination.pathFor(layer.path);
    return {
      size: layer.descriptor.size,
      assembly: { parts: [{ file, name: layer.path }], to, mode, bring },
    };
  }

  async #stream(layer: Layer, content: Content): Promise<void> {
    const output = this.#create(layer.path, layer.isExecutable);
    try {
      for await (const chunk of content.verified()) {
        this.#options.signal?.throwIfAborted();
        output.write(chunk);
      }
    } finally {
      output.end();
    }
  }

  #create(relative: string, isExecutable: boolean): { write(chunk: Uint8Array): void; end(): void } {
    let descriptor: number;
    try {
      descriptor = fs.openSync(this.#destination.pathFor(relative), 'wx', modeOf(isExecutable));
    } catch (error) {
      throw explainSystemError(`Cannot write ${relative}`, error);
    }
    return {
      write: (chunk) => {
        try {
          for (let at = 0; at < chunk.length; ) at += fs.writeSync(descriptor, chunk, at, chunk.length - at);
        } catch (error) {
          throw explainSystemError(`Cannot write ${relative}`, error);
        }
        this.bytesWritten += chunk.length;
      },
      end: () => {
        fs.fchmodSync(descriptor, modeOf(isExecutable));
        fs.closeSync(descriptor);
      },
    };
  }

  #add(path: string, digest: Digest): void {
    if (this.files.has(path)) throw twice(path);
    this.files.set(path, digest);
  }
}

function twice(path: string): WaybillError {
  return new WaybillError('ARCHIVE_UNSAFE', `Cannot unpack ${JSON.stringify(path)}: it stands in the artifact twice`);
}

function refuseCollisions(paths: Iterable<string>): void {
  const collision = findCollision(paths);
  if (collision === undefined) return;
  if (collision[0] === collision[1]) throw twice(collision[0]);
  const [a, b] = collision.map((path) => JSON.stringify(path));
  throw new WaybillError(
    'ARCHIVE_UNSAFE',
    `Cannot unpack ${a} and ${b}: some file systems could keep only one of them`,
  );
}

async function holdToSums(store: Store, layers: readonly Layer[], files: ReadonlyMap<string, Digest>): Promise<void> {
  const sums = layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE);
  if (sums === undefined) return;
  const text = (await readContent(store, sums.descriptor, MAX_SUMS_SIZE, SUMS_FILE)).toString('utf8');
  const others = new Map([...files].filter(([path]) => path !== SUMS_FILE));
  const [first, ...more] = compareSums(parseSums(text), others);
  if (first === undefined) return;
  throw new WaybillError(
    'DIGEST_INVALID',
    `Cannot unpack: ${first.path} ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}; the artifact contradicts its own ${SUMS_FILE}`,
  );
}

/** Known to be too little: say so before the disk is full of half a model. */
function checkSpace(folder: string, layers: readonly Layer[]): void {
  const needed = layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const { bavail, bsize } = fs.statfsSync(path.dirname(path.resolve(folder)));
  if (needed <= bavail * bsize) return;
  throw new WaybillError(
    'DISK_FULL',
    `Cannot unpack into ${folder}: it needs ${needed} bytes, ${bavail * bsize} are free`,
    {
      hint: 'Free some space, name a folder on another disk, or add --link if the store is on the same one',
    },
  );
}
