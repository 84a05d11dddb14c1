/** The files of a package, or of a folder that would be one: listed, read in parts, read as text. Nothing is unpacked. */
import { WaybillError } from '../../../base/errors.ts';
import type { Descriptor } from '../../../oci/descriptor.ts';
import type { Store } from '../../../oci/store.ts';
import { readContent } from '../../../oci/verified.ts';
import { readFiles } from '../../artifact/read-files.ts';
import { assertRestorable, readStructure } from '../../artifact/structure.ts';
import type { Component } from '../../media-types.ts';
import { filesOfArtifact } from '../../model-set/artifact-files.ts';
import { filesOfFolder, type OpenSource } from '../../model-set/package-file.ts';
import { readOwnFile } from '../../own-file.ts';
import { readSource } from '../../source/read.ts';
import type { WaybillFile } from '../../waybill-file/schema.ts';

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
  open(path: string): Promise<OpenSource>;
  /**
   * The whole of a file, of a package verified; undefined where there is none of this path.
   * @throws WaybillError LIMIT_EXCEEDED for more than `limit` bytes
   */
  text(path: string, limit: number): Promise<string | undefined>;
}

/** @throws WaybillError as readSource */
export function viewFolder(folder: string): PackageView {
  const source = readSource(folder);
  const files = new Map(filesOfFolder(source.files).map((file) => [file.path, file]));
  const open = async (path: string) => (await files.get(path)?.open()) ?? absent(path);
  return {
    file: source.file,
    files: [...files.values()],
    isUnpacked: true,
    open,
    text: async (path, limit) => {
      const file = files.get(path);
      if (file === undefined) return undefined;
      checkSize(file, limit);
      await using source = await open(path);
      return decode(await source.read(0, source.size));
    },
  };
}

/** @throws WaybillError as readStructure; ARCHIVE_UNSAFE, MANIFEST_INVALID for what must not be restored */
export async function viewArtifact(store: Store, target: Descriptor, name: string): Promise<PackageView> {
  const structure = await readStructure(store, target);
  assertRestorable(structure, name);
  const files = new Map((await readFiles(store, structure)).map((file) => [file.path, file]));
  const opened = new Map((await filesOfArtifact(store, structure)).map((file) => [file.path, file]));
  const descriptors = new Map(
    structure.layers.filter(({ form }) => form === 'raw').map(({ path, descriptor }) => [path, descriptor]),
  );
  return {
    file: await readOwnFile(store, structure),
    files: [...files.values()].map(({ path, component, size }) => ({ path, component, size })),
    isUnpacked: false,
    open: async (path) => (await opened.get(path)?.open()) ?? absent(path),
    text: async (path, limit) => {
      const file = files.get(path);
      if (file === undefined) return undefined;
      checkSize(file, limit);
      const layer = descriptors.get(path);
      if (layer !== undefined) return decode(await readContent(store, layer, limit, path));
      // Its layer was verified when the files were listed.
      await using source = (await opened.get(path)?.open()) ?? absent(path);
      return decode(await source.read(0, source.size));
    },
  };
}

function absent(path: string): never {
  throw new WaybillError('FILE_UNREADABLE', `Cannot read ${path}: the package has no such file`);
}

function checkSize({ path, size }: ViewedFile, limit: number): void {
  if (size > limit)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${path}: it has ${size} bytes, the limit is ${limit}`);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
