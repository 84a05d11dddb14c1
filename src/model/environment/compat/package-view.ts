/** The files of a package, or of a folder that would be one: listed, read in parts, read as text. Nothing is unpacked. */

import type { Descriptor } from '../../../oci/descriptor.ts';
import type { Store } from '../../../oci/store.ts';
import { readContent } from '../../../oci/verified.ts';
import { readFiles } from '../../artifact/read-files.ts';
import { readTarLayer } from '../../artifact/read-tar-layer.ts';
import { assertRestorable, readStructure, type Structure } from '../../artifact/structure.ts';
import type { Component } from '../../media-types.ts';
import { type ByteSource, bytesSource, openFile } from '../../model-file/byte-source.ts';
import { readSource } from '../../source/read.ts';
import { MAX_WAYBILL_FILE_SIZE, parseWaybillFile } from '../../waybill-file/parse.ts';
import { WAYBILL_FILE, type WaybillFile } from '../../waybill-file/schema.ts';

export interface ViewedFile {
  readonly path: string;
  readonly component: Component;
  /** Bytes. */
  readonly size: number;
}

export interface PackageView {
  /** What it says of itself; others' packages have none. */
  readonly file: WaybillFile | undefined;
  readonly files: readonly ViewedFile[];
  /** Whether the files are there already, where they were looked at. */
  readonly isUnpacked: boolean;
  /** Its bytes, a part at a time, as they are: those of a package are not held to its digest. */
  open(path: string): Promise<ByteSource & Disposable>;
  /** The whole of a file up to `limit` bytes, verified; undefined where the package has none of this path. */
  text(path: string, limit: number): Promise<string | undefined>;
}

/** @throws WaybillError as readSource */
export function viewFolder(folder: string): PackageView {
  const { file, files } = readSource(folder);
  const places = new Map(files.map((one) => [one.path, one]));
  const open = async (path: string) => openFile(places.get(path)?.file ?? path);
  return {
    file,
    files: files.map(({ path, component, identity }) => ({ path, component, size: identity.size })),
    isUnpacked: true,
    open,
    text: async (path, limit) => {
      if (!places.has(path)) return undefined;
      using source = await open(path);
      return decode(await source.read(0, Math.min(source.size, limit)));
    },
  };
}

/** @throws WaybillError as readStructure; ARCHIVE_UNSAFE, MANIFEST_INVALID for what must not be restored */
export async function viewArtifact(store: Store, target: Descriptor, name: string): Promise<PackageView> {
  const structure = await readStructure(store, target);
  assertRestorable(structure, name);
  const files = await readFiles(store, structure);
  const raw = new Map(
    structure.layers.filter(({ form }) => form === 'raw').map((layer) => [layer.path, layer.descriptor]),
  );
  const text = async (path: string, limit: number) => {
    const own = raw.get(path);
    if (own !== undefined) return decode(await readContent(store, own, limit, path));
    const isThere = files.some((one) => one.path === path && one.size <= limit);
    return isThere ? decode(await readFromTars(store, structure, path)) : undefined;
  };
  const waybill = await text(WAYBILL_FILE, MAX_WAYBILL_FILE_SIZE);
  return {
    file: waybill === undefined ? undefined : parseWaybillFile(waybill).file,
    files: files.map(({ path, component, size }) => ({ path, component, size })),
    isUnpacked: false,
    text,
    open: async (path) => {
      const own = raw.get(path);
      const source =
        own === undefined
          ? bytesSource(path, await readFromTars(store, structure, path))
          : await contentSource(store, own, path);
      return { ...source, [Symbol.dispose]: () => {} };
    },
  };
}

async function contentSource(store: Store, descriptor: Descriptor, name: string): Promise<ByteSource> {
  const content = await store.open(descriptor);
  return {
    name,
    size: content.size,
    read: async (start, length) => {
      if (start < 0 || length < 0 || start + length > content.size)
        throw new RangeError(`${name} has ${content.size} bytes, not ${start + length}`);
      const chunks: Buffer[] = [];
      for await (const chunk of content.unverifiedRange({ start, end: start + length }))
        chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
  };
}

/** Bundles hold small files only: those below 64 KiB, or of others' packages what fits. */
async function readFromTars(store: Store, { layers }: Structure, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const sink = {
    file: (entry: { readonly path: string }) => ({
      write: (chunk: Uint8Array) => {
        if (entry.path === path) chunks.push(Buffer.from(chunk));
      },
      end() {},
    }),
  };
  for (const layer of layers.filter(({ form }) => form !== 'raw')) {
    if (chunks.length === 0) await readTarLayer(store, layer, sink);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
