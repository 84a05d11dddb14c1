/** Every file of an artifact, however it is packed: what `inspect`, `diff` and `verify` compare. */
import type { Digest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import type { Component } from '../media-types.ts';
import { noSink, readPackedLayer } from './read-packed-layer.ts';
import type { Structure } from './structure.ts';

export interface PackedFile {
  readonly path: string;
  readonly component: Component;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly isExecutable: boolean;
  /** Media type of the layer that holds it. */
  readonly mediaType: string;
}

/** Reads what is packed; raw layers are known from the manifest. Sorted as the layers are. */
export async function readFiles(store: Store, { layers }: Structure): Promise<readonly PackedFile[]> {
  const files: PackedFile[] = [];
  for (const layer of layers) {
    const { component, descriptor, path, isExecutable } = layer;
    const common = { component, mediaType: descriptor.mediaType };
    if (layer.form === 'raw')
      files.push({ ...common, path, digest: descriptor.digest, size: descriptor.size, isExecutable });
    else
      for (const { offset: _, ...file } of (await readPackedLayer(store, layer, noSink)).files)
        files.push({ ...common, ...file });
  }
  return files;
}
