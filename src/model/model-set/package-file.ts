/** A file of a package of which single parts are read, wherever the package lies: in a folder, in a store, far away. */
import { WaybillError } from '../../base/errors.ts';
import type { Content, Store } from '../../oci/store.ts';
import type { Structure } from '../artifact/structure.ts';
import type { Component } from '../media-types.ts';
import { type ByteSource, openFile } from '../model-file/byte-source.ts';

export interface PackageFile {
  /** In the package. */
  readonly path: string;
  readonly component: Component;
  /** Bytes. */
  readonly size: number;
  /** @throws WaybillError FILE_UNREADABLE, BLOB_UNKNOWN */
  open(): Promise<OpenSource>;
}

export type OpenSource = ByteSource & AsyncDisposable;

export interface FolderFile {
  readonly path: string;
  /** Where it lies. */
  readonly file: string;
  readonly identity: { readonly size: number };
  readonly component: Component;
}

/** Files of a folder, as they are selected for packing. */
export function filesOfFolder(files: readonly FolderFile[]): readonly PackageFile[] {
  return files.map(({ path, file, identity, component }) => ({
    path,
    component,
    size: identity.size,
    async open() {
      const source = openFile(file);
      return { ...source, name: path, [Symbol.asyncDispose]: async () => source[Symbol.dispose]() };
    },
  }));
}

/**
 * Files that are layers by themselves. What is read of them are ranges, which are not verified: who must know that they
 * are what the manifest says verifies the package. Files in tars are not among them.
 */
export function filesOfStore(store: Store, { layers }: Pick<Structure, 'layers'>): readonly PackageFile[] {
  return layers
    .filter(({ form }) => form === 'raw')
    .map(({ path, component, descriptor }) => ({
      path,
      component,
      size: descriptor.size,
      async open() {
        const content = await store.open(descriptor);
        if (content.size !== descriptor.size)
          throw new WaybillError('SIZE_INVALID', `Cannot read ${path}: the store has ${content.size} bytes of it`, {
            expected: String(descriptor.size),
            found: String(content.size),
          });
        return rangesOf(path, content);
      },
    }));
}

function rangesOf(name: string, content: Content): OpenSource {
  return {
    name,
    size: content.size,
    async read(start, length) {
      if (start < 0 || length < 0 || start + length > content.size)
        throw new RangeError(`${name} has ${content.size} bytes, not ${start + length}`);
      const bytes = Buffer.allocUnsafe(length);
      let at = 0;
      if (length > 0)
        for await (const chunk of content.unverifiedRange({ start, end: start + length })) {
          bytes.set(chunk, at);
          at += chunk.length;
          content.giveBack?.(chunk);
        }
      if (at !== length) throw new WaybillError('SIZE_INVALID', `Cannot read ${name}: ${at} bytes came of ${length}`);
      return bytes;
    },
    async [Symbol.asyncDispose]() {},
  };
}
