/** The files of a tar layer, while the layer's digest and its diffId are verified. */
import { createHash, type Hash } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { readTar, type TarEntry } from '../../base/tar/read.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import { assertSafePath } from '../paths/rules.ts';
import { decompressed } from './decompress.ts';
import { isKitDiffId, type Layer } from './structure.ts';

export interface TarLayerFile {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly isExecutable: boolean;
}

export interface TarSink {
  /** Begins a file; what it returns takes the content. Nothing may become visible yet. */
  file(entry: TarEntry): { write(chunk: Uint8Array): void; end(): void };
}

/** Takes nothing: for whoever only wants to know the files. */
export const noSink: TarSink = { file: () => ({ write() {}, end() {} }) };

/**
 * Reads a tar layer once. Only when this returns have its bytes proved to be the layer's.
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, ARCHIVE_UNSAFE, LIMIT_EXCEEDED
 */
export async function readTarLayer(
  store: Store,
  layer: Layer,
  sink: TarSink,
  signal?: AbortSignal,
): Promise<{ files: readonly TarLayerFile[]; hasKitDiffId: boolean }> {
  const name = layer.path === '.' ? layer.descriptor.digest : layer.path;
  const content = await store.open(layer.descriptor);
  const diff = createHash('sha256');
  const files: TarLayerFile[] = [];
  const folders = new Set<string>();
  const chunks = hashed(decompressed(content.verified(), layer.form, name), diff);
  for await (const entry of readTar(chunks, name)) {
    signal?.throwIfAborted();
    const path = entry.kind === 'folder' ? entry.path.replace(/\/$/, '') : entry.path;
    // An archive of a folder begins with the folder itself.
    if (entry.kind === 'folder' && (path === '.' || path === '')) continue;
    const relative = path.replace(/^\.\//, '');
    assertSafePath(relative, name);
    if (entry.kind === 'folder') {
      folders.add(relative);
      continue;
    }
    const own = createHash('sha256');
    const output = sink.file({ ...entry, path: relative });
    try {
      for await (const chunk of entry.content()) {
        own.update(chunk);
        output.write(chunk);
      }
    } finally {
      output.end();
    }
    files.push({
      path: relative,
      digest: sha256Digest(own.digest('hex')),
      size: entry.size,
      isExecutable: (entry.mode & 0o100) !== 0,
    });
  }
  const conflict = files.find(({ path }) => folders.has(path));
  if (conflict !== undefined)
    throw new WaybillError(
      'ARCHIVE_UNSAFE',
      `Cannot read ${name}: it has ${JSON.stringify(conflict.path)} as a folder and as a file`,
    );
  return { files, hasKitDiffId: checkDiffId(layer, sha256Digest(diff.digest('hex')), name) };
}

function checkDiffId(layer: Layer, found: Digest, name: string): boolean {
  if (layer.diffId === undefined || layer.diffId === found) return false;
  // Kit hashed the text of the compressed or of the plain digest.
  if (isKitDiffId(layer.diffId, found) || isKitDiffId(layer.diffId, layer.descriptor.digest)) return true;
  throw new WaybillError(
    'DIGEST_INVALID',
    `Cannot use ${name}: its content has the digest ${found}, its diffId is ${layer.diffId}`,
    {
      expected: layer.diffId,
      found,
    },
  );
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
