/** Writes the files of layers into a destination, each verified while it is written. */
import fs from 'node:fs';
import { systemCode, WaybillError } from '../../base/errors.ts';
import { writeFully } from '../../base/files.ts';
import { assembleAll, type Job } from '../../base/hashing/pool.ts';
import { StreamHashes } from '../../base/hashing/stream-hashes.ts';
import { inParallel } from '../../base/parallel.ts';
import { type Progress, silent } from '../../base/progress.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { type Digest, hashFor, sha256Digest } from '../../oci/digest.ts';
import { FAR_BLOBS_AT_ONCE } from '../../oci/move-blobs.ts';
import type { Content, Store } from '../../oci/store.ts';
import { checkContent } from '../../oci/verified.ts';
import { writeContent } from '../../oci/write-content.ts';
import { modeOf } from '../artifact/build.ts';
import type { Layer } from '../artifact/layer.ts';
import { type PackedSink, readPackedLayer } from '../artifact/read-packed-layer.ts';
import { MAX_FILES } from '../layers.ts';
import type { Place } from './destination.ts';

export interface RestoreOptions {
  readonly bring?: 'clone' | 'link';
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export class Restore {
  readonly files = new Map<string, Digest>();
  bytesWritten = 0;
  readonly #store: Store;
  readonly #destination: Place;
  readonly #options: RestoreOptions;

  constructor(store: Store, destination: Place, options: RestoreOptions) {
    this.#store = store;
    this.#destination = destination;
    this.#options = options;
  }

  async rawLayers(layers: readonly Layer[]): Promise<void> {
    const { progress = silent, signal } = this.#options;
    const jobs: { layer: Layer; job: Job }[] = [];
    const far: { layer: Layer; content: Content }[] = [];
    for (const layer of layers) {
      this.#add(layer.path, layer.descriptor.digest);
      const content = await this.#store.open(layer.descriptor);
      if (content.size !== layer.descriptor.size)
        checkContent(layer.descriptor, { size: content.size, digest: layer.descriptor.digest });
      if (content.file !== undefined && layer.descriptor.digest.startsWith('sha256:'))
        jobs.push({ layer, job: this.#jobFor(layer, content.file) });
      else far.push({ layer, content });
    }
    await this.#fetch(far);
    const results = await assembleAll(
      jobs.map(({ job }) => job),
      { label: 'Unpacking', progress, signal },
    );
    for (const [index, { sha256, size, bytesWritten }] of results.entries()) {
      const layer = jobs[index]?.layer;
      if (layer === undefined) continue;
      checkContent(layer.descriptor, { size, digest: sha256Digest(sha256) }, layer.path);
      this.bytesWritten += bytesWritten;
    }
  }

  async packedLayer(layer: Layer): Promise<void> {
    const sink: PackedSink = {
      file: ({ path, isExecutable }) => {
        if (this.files.size >= MAX_FILES)
          throw new WaybillError('LIMIT_EXCEEDED', `Cannot unpack: it has more than ${MAX_FILES} files`);
        if (this.files.has(path)) throw twice(path);
        return this.#create(path, isExecutable);
      },
    };
    const { files } = await readPackedLayer(this.#store, layer, sink, this.#options.signal);
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

  /** Content that is not a file here: each is fetched, hashed and written once. */
  async #fetch(layers: readonly { layer: Layer; content: Content }[]): Promise<void> {
    if (layers.length === 0) return;
    const { progress = silent, signal } = this.#options;
    progress.begin(
      'Unpacking',
      layers.reduce((sum, { layer }) => sum + layer.descriptor.size, 0),
    );
    try {
      await using hashes = new StreamHashes();
      await inParallel(layers, FAR_BLOBS_AT_ONCE, async ({ layer: { path, descriptor, isExecutable }, content }) => {
        signal?.throwIfAborted();
        const output = this.#open(path, isExecutable);
        progress.enter(path);
        try {
          await writeContent(
            output,
            { expected: descriptor, content, hash: hashFor(descriptor.digest), from: 0, name: path, isDurable: false },
            { signal, hashes, advance: (bytes) => progress.advance(bytes) },
          );
          this.bytesWritten += descriptor.size;
        } catch (error) {
          throw explainSystemError(`Cannot write ${path}`, error);
        } finally {
          progress.leave(path);
          fs.fchmodSync(output, modeOf(isExecutable));
          fs.closeSync(output);
        }
      });
    } finally {
      progress.end();
    }
  }

  #create(relative: string, isExecutable: boolean): { write(chunk: Uint8Array): void; end(): void } {
    const descriptor = this.#open(relative, isExecutable);
    return {
      write: (chunk) => {
        try {
          writeFully(descriptor, chunk);
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

  #open(relative: string, isExecutable: boolean): number {
    try {
      return fs.openSync(this.#destination.pathFor(relative), 'wx', modeOf(isExecutable));
    } catch (error) {
      // The folder is ours alone: what stands in the way came out of this artifact.
      if (['EEXIST', 'EISDIR', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw inTheWay(relative);
      throw explainSystemError(`Cannot write ${relative}`, error);
    }
  }

  #add(path: string, digest: Digest): void {
    if (this.files.has(path)) throw twice(path);
    this.files.set(path, digest);
  }
}

function inTheWay(path: string): WaybillError {
  return new WaybillError(
    'ARCHIVE_UNSAFE',
    `Cannot unpack ${JSON.stringify(path)}: it stands in the artifact twice, or as a file and as a folder`,
  );
}

export function twice(path: string): WaybillError {
  return new WaybillError('ARCHIVE_UNSAFE', `Cannot unpack ${JSON.stringify(path)}: it stands in the artifact twice`);
}
