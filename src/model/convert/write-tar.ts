/** A tar of files whose content is already known by its digest: the same bytes as pack makes of them. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { writeFully } from '../../base/files.ts';
import { entryTypes, paddingOf, writeHeader } from '../../base/tar/header.ts';
import { END_OF_ARCHIVE, entryHeader } from '../../base/tar/write.ts';
import { type Digest, sha256Digest } from '../../oci/digest.ts';
import { modeOf } from '../artifact/build.ts';
import type { Blob, ConvertFile } from './form.ts';

export interface TarPlan {
  readonly files: readonly ConvertFile[];
  /** Whether folders have entries before their files: kit makes none by itself. */
  readonly hasFolders: boolean;
}

/** @param contentOf the bytes of a file, verified */
export async function writeTar(
  to: string,
  { files, hasFolders }: TarPlan,
  contentOf: (digest: Digest, size: number) => AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const hash = createHash('sha256');
  const descriptor = fs.openSync(to, 'wx', 0o644);
  let size = 0;
  const write = (chunk: Uint8Array) => {
    hash.update(chunk);
    size += chunk.length;
    writeFully(descriptor, chunk);
  };
  try {
    for (const folder of hasFolders ? foldersOf(files) : [])
      write(writeHeader({ name: folder, type: entryTypes.folder, mode: 0o755, size: 0 }));
    for (const file of files) {
      write(entryHeader({ path: file.path, mode: modeOf(file.isExecutable), size: file.size }));
      for await (const chunk of contentOf(file.digest, file.size)) write(chunk);
      write(Buffer.alloc(paddingOf(file.size)));
    }
    write(END_OF_ARCHIVE);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  return { digest: sha256Digest(hash.digest('hex')), size };
}

/** The folders of the files, the outer before the inner; those with names that ustar cannot hold are left to readers. */
function foldersOf(files: readonly ConvertFile[]): readonly string[] {
  const folders = files.flatMap(({ path }) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(folders)].filter((folder) => /^[\x20-\x7e]{1,100}$/.test(folder));
}
