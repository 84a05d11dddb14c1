/** `unpack --with-bases`: a model and what it was made from, side by side. */
import { readStructure } from '../model/artifact/structure.ts';
import type { FollowedPackage } from '../model/bases/follow.ts';
import { readOwnFile } from '../model/own-file.ts';
import { type UnpackOptions, type UnpackPart, unpackTogether } from '../model/unpack/unpack.ts';
import { parseReference } from '../oci/reference.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import type { Located } from './locate.ts';
import { trustFields } from './outputs/trust-fields.ts';
import type { Output } from './outputs/unpack.ts';
import { openBases, requireAll } from './package-bases.ts';
import type { Judgement } from './trust/judge.ts';
import { policyFileOf } from './trust/trust-options.ts';

interface ToUnpack {
  readonly found: Located;
  readonly reference: string;
  readonly folder: string;
  readonly options: UnpackOptions;
  /** What was made of the package itself. */
  readonly judged: Judgement;
  readonly input: Input;
}

/** @throws WaybillError MANIFEST_UNKNOWN for a base that cannot be had, and as `unpack` does; the folder is then as it was */
export async function unpackWithBases(
  context: Context,
  { found, reference, folder, options, judged, input }: ToUnpack,
): Promise<Output> {
  const { store, target } = found;
  const file = await readOwnFile(store, await readStructure(store, target));
  await using opened = await openBases(context, store, { subject: reference, file, isFar: true });
  const bases = requireAll(opened.bases, `Cannot unpack ${reference}`);
  if (policyFileOf(context, input) !== undefined) await admitBases(context, input, bases);
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
    ...trustFields(judged.trust),
    findings: [...unpacked.flatMap(({ findings }) => findings), ...judged.findings],
  };
}

/** A base is asked for by the name that the package gives it. */
async function admitBases(
  context: Context,
  input: Input,
  bases: readonly { readonly stated: { readonly ref: string }; readonly found: FollowedPackage }[],
): Promise<void> {
  const { admit } = await import('./trust/judge.ts');
  for (const { stated, found } of bases) {
    const { host, repository, tag } = parseReference(stated.ref);
    const subject = { text: stated.ref, found: { ...found, isRemote: false }, asked: { host, repository, tag } };
    await admit(context, input, { ...subject, attempt: `Cannot unpack the base ${stated.ref}` });
  }
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
