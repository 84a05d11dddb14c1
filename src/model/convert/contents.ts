/**
 * The files of an artifact, ready to become layers of another: those that are layers as they are
 * keep their blob, the others are taken out of their tars into files that nobody sees yet.
 */
import fs from 'node:fs';
import { WaybillError } from '../../base/errors.ts';
import { writeFully } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Bringing, Store } from '../../oci/store.ts';
import { type PackedSink, readPackedLayer } from '../artifact/read-packed-layer.ts';
import type { Structure } from '../artifact/structure.ts';
import type { ConvertFile } from './form.ts';

/** Disposing takes away what was taken out and not used. */
export class Contents implements Disposable {
  readonly files: ConvertFile[] = [];
  /** Blobs that are files as they are. */
  readonly raw = new Map<Digest, Descriptor>();
  /** Where content lies that was in a tar. */
  readonly #taken = new Map<Digest, string>();
  readonly #all: string[] = [];
  bytesRead = 0;
  bytesWritten = 0;

  /** @throws WaybillError as the layers cannot be read; nothing of them stays then */
  static async read(
    store: Store,
    { layers }: Structure,
    place: Bringing,
    signal: AbortSignal | undefined,
  ): Promise<Contents> {
    const contents = new Contents();
    try {
      for (const layer of layers) {
        const { component, path, isExecutable, descriptor } = layer;
        if (layer.form === 'raw') {
          const { digest, size } = descriptor;
          // SHA256SUMS could not list it, and no other tool's form knows such digests.
          if (!digest.startsWith('sha256:'))
            throw new WaybillError('UNSUPPORTED', `Cannot convert ${path}: its digest is not SHA-256`, {
              hint: 'Unpack it and pack it again',
            });
          contents.raw.set(digest, descriptor);
          contents.files.push({ path, component, digest, size, isExecutable });
          continue;
        }
        const written: string[] = [];
        const { files } = await readPackedLayer(store, layer, contents.#sink(place, written), signal);
        contents.bytesRead += descriptor.size;
        for (const [index, file] of files.entries()) {
          contents.files.push({ ...file, component });
          const reserved = written[index];
          if (reserved !== undefined) contents.#taken.set(file.digest, reserved);
        }
      }
      return contents;
    } catch (error) {
      contents[Symbol.dispose]();
      throw error;
    }
  }

  /** The file in which content lies that was in a tar; undefined for what is a blob of its own. */
  taken(digest: Digest): string | undefined {
    return this.raw.has(digest) ? undefined : this.#taken.get(digest);
  }

  [Symbol.dispose](): void {
    for (const file of this.#all) fs.rmSync(file, { force: true });
  }

  #sink(place: Bringing, written: string[]): PackedSink {
    return {
      file: ({ path }) => {
        const reserved = place.reserve();
        written.push(reserved);
        this.#all.push(reserved);
        const descriptor = attempt(path, () => fs.openSync(reserved, 'wx', 0o644));
        return {
          write: (chunk) => {
            attempt(path, () => writeFully(descriptor, chunk));
            this.bytesWritten += chunk.length;
          },
          end: () => {
            fs.fsyncSync(descriptor);
            fs.closeSync(descriptor);
          },
        };
      },
    };
  }
}

function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explainSystemError(`Cannot take out ${path}`, error);
  }
}
