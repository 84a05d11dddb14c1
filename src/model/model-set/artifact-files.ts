/** The files of an artifact, each to read parts of, however it is packed. */
import { WaybillError } from '../../base/errors.ts';
import type { Store } from '../../oci/store.ts';
import type { Layer } from '../artifact/layer.ts';
import { type PackedLayerFile, readPackedLayer } from '../artifact/read-packed-layer.ts';
import type { Structure } from '../artifact/structure.ts';
import { bytesSource } from '../model-file/byte-source.ts';
import { fileOfLayer, openRange, type PackageFile } from './package-file.ts';

/** Configuration and tokenizers of a model; of compressed layers what is larger is not looked into. */
const MAX_KEPT_FILE = 32 * 1024 * 1024;
/** Of one artifact: descriptions of a model have some 20 MiB together. */
const MAX_KEPT = 128 * 1024 * 1024;

/**
 * Layers that are tars are read once, to know what is in them; of those that are compressed the small files are kept.
 * @throws WaybillError as `readPackedLayer` does
 */
export async function filesOfArtifact(
  store: Store,
  { layers }: Pick<Structure, 'layers'>,
): Promise<readonly PackageFile[]> {
  const files: PackageFile[] = [];
  let room = MAX_KEPT;
  for (const layer of layers) {
    if (layer.form === 'raw') {
      files.push(fileOfLayer(store, layer));
      continue;
    }
    const kept = layer.form === 'tar' ? undefined : new Keep(room);
    const { files: inside } = await readPackedLayer(store, layer, kept ?? nothing);
    room -= kept?.size ?? 0;
    files.push(...inside.map((file) => fileIn(store, { layer, file, kept })));
  }
  return files;
}

const nothing = { file: () => ({ write() {}, end() {} }) };

function fileIn(
  store: Store,
  { layer, file, kept }: { layer: Layer; file: PackedLayerFile; kept: Keep | undefined },
): PackageFile {
  const { path, size } = file;
  const { component, descriptor } = layer;
  if (kept === undefined) return { path, component, size, open: () => openRange(store, { path, descriptor }, file) };
  const open = async () => {
    const bytes = kept.files.get(path);
    if (bytes !== undefined) return { ...bytesSource(path, bytes), async [Symbol.asyncDispose]() {} };
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot look into ${path}: it lies in a compressed layer, and its ${size} bytes are more than are kept of one`,
      { hint: 'waybill unpack the package, then waybill inspect ./FILE' },
    );
  };
  return { path, component, size, open };
}

/** Takes the content of small files, as long as there is room. */
class Keep {
  readonly files = new Map<string, Buffer>();
  size = 0;
  readonly #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  file({ path }: { readonly path: string }): { write(chunk: Uint8Array): void; end(): void } {
    let chunks: Buffer[] | undefined = [];
    let own = 0;
    return {
      write: (chunk) => {
        own += chunk.length;
        if (own > MAX_KEPT_FILE || this.size + own > this.#room) chunks = undefined;
        chunks?.push(Buffer.from(chunk));
      },
      end: () => {
        if (chunks === undefined) return;
        this.files.set(path, Buffer.concat(chunks));
        this.size += own;
      },
    };
  }
}
