/** `unpack --with-bases`: a model and what it was made from, side by side. */
import { readStructure } from '../model/artifact/structure.ts';
import { readOwnFile } from '../model/own-file.ts';
import { type UnpackOptions, type UnpackPart, unpackTogether } from '../model/unpack/unpack.ts';
import { parseReference } from '../oci/reference.ts';
import type { Context } from './context.ts';
import type { Located } from './locate.ts';
import type { Output } from './outputs/unpack.ts';
import { openBases, requireAll } from './package-bases.ts';

/** @throws WaybillError MANIFEST_UNKNOWN for a base that cannot be had, and as `unpack` does; the folder is then as it was */
export async function unpackWithBases(
  context: Context,
  { found, reference, folder, options }: { found: Located; reference: string; folder: string; options: UnpackOptions },
): Promise<Output> {
  const { store, target } = found;
  const file = await readOwnFile(store, await readStructure(store, target));
  await using opened = await openBases(context, store, { subject: reference, file, isFar: true });
  const bases = requireAll(opened.bases, `Cannot unpack ${reference}`);
  const names = new Set<string>();
  const own = { ref: reference, digest: target.digest, folder: folderFor(file?.name ?? reference, names) };
  const folders = bases.map(({ stated, found: base }) => {
    return { ref: stated.ref, digest: base.target.digest, folder: folderFor(base.file?.name ?? stated.ref, names) };
  });
  const parts: [UnpackPart, ...UnpackPart[]] = [
    { store, target, under: own.folder },
    ...bases.map(({ found: base }, index) => ({ ...base, under: folders[index]?.folder })),
  ];
  const unpacked = await unpackTogether(parts, folder, options);
  return {
    digest: target.digest,
    folder,
    fileCount: unpacked.reduce((sum, { fileCount }) => sum + fileCount, 0),
    bytesWritten: unpacked.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    folders: [own, ...folders],
    findings: unpacked.flatMap(({ findings }) => findings),
  };
}

/** The last part of the name, and a number where another package has it: a name is nobody's path. */
function folderFor(name: string, taken: Set<string>): string {
  const last = lastPart(name).replace(/[^A-Za-z0-9_-]+/g, '-') || 'package';
  let folder = last;
  for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${last}-${number}`;
  taken.add(folder.toLowerCase());
  return folder;
}

function lastPart(name: string): string {
  try {
    return parseReference(name).repository.split('/').at(-1) ?? '';
  } catch {
    return name.split('/').at(-1) ?? '';
  }
}
