/** A file of a package of which single parts are read, wherever the package lies: in a folder, in a store, far away. */
import { WaybillError } from '../../base/errors.ts';
import type { ByteRange, Content, Store } from '../../oci/store.ts';
import type { Layer } from '../artifact/layer.ts';
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
 * A layer that is a file by itself. What is read of it are ranges, which are not verified: who must know that they are
 * what the manifest says verifies the package.
 */
export function fileOfLayer(store: Store, { path, component, descriptor }: Layer): PackageFile {
  return { path, component, size: descriptor.size, open: () => openRange(store, { path, descriptor }) };
}

/** Content of a store, or a part of it, to read parts of. @throws WaybillError BLOB_UNKNOWN, SIZE_INVALID */
export async function openRange(
  store: Store,
  { path, descriptor }: Pick<Layer, 'path' | 'descriptor'>,
  part: { readonly offset: number; readonly size: number } = { offset: 0, size: descriptor.size },
): Promise<OpenSource> {
  const content = await store.open(descriptor);
  if (content.size !== descriptor.size)
    throw new WaybillError('SIZE_INVALID', `Cannot read ${path}: the store has ${content.size} bytes of it`, {
      expected: String(descriptor.size),
      found: String(content.size),
    });
  return {
    name: path,
    size: part.size,
    async read(start, length) {
      if (start < 0 || length < 0 || start + length > part.size)
        throw new RangeError(`${path} has ${part.size} bytes, not ${start + length}`);
      return readRange(path, content, { start: part.offset + start, end: part.offset + start + length });
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function readRange(name: string, content: Content, range: ByteRange): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(range.end - range.start);
  let at = 0;
  if (bytes.length > 0)
    for await (const chunk of content.unverifiedRange(range)) {
      bytes.set(chunk, at);
      at += chunk.length;
      content.giveBack?.(chunk);
    }
  if (at !== bytes.length)
    throw new WaybillError('SIZE_INVALID', `Cannot read ${name}: ${at} bytes came of ${bytes.length}`);
  return bytes;
}
