/** What the model files say that a location leads to: a file, a folder, a package. */
import fs from 'node:fs';
import path from 'node:path';
import { readStructure } from '../model/artifact/structure.ts';
import { type Derivation, deriveFacts } from '../model/facts/derive.ts';
import { sortFiles } from '../model/init/sort.ts';
import { openFile } from '../model/model-file/byte-source.ts';
import { filesOfArtifact } from '../model/model-set/artifact-files.ts';
import { filesOfFolder, type PackageFile } from '../model/model-set/package-file.ts';
import { readOwnFile } from '../model/own-file.ts';
import { readSource } from '../model/source/read.ts';
import type { SelectedFile } from '../model/source/select.ts';
import { walkFolder } from '../model/source/walk.ts';
import { WAYBILL_FILE } from '../model/waybill-file/schema.ts';
import type { Context } from './context.ts';
import { locate } from './locate.ts';
import { parseLocation } from './location.ts';

/** @throws WaybillError of reading, and of finding it */
export async function deriveAt(context: Context, text: string): Promise<Derivation> {
  const location = parseLocation(text);
  if (location.kind === 'folder') {
    if (!fs.statSync(text, { throwIfNoEntry: false })?.isDirectory()) return deriveFacts([fileAt(text)]);
    if (!fs.existsSync(path.join(text, WAYBILL_FILE))) return deriveFacts(filesOfFolder(sortedFiles(text)));
    const { files, file } = readSource(text);
    return deriveFacts(filesOfFolder(files), file.runtime?.model);
  }
  await using found = await locate(context, text);
  const structure = await readStructure(found.store, found.target);
  const stated = await readOwnFile(found.store, structure);
  return deriveFacts(await filesOfArtifact(found.store, structure), stated?.runtime?.model);
}

/** A lone file is a model, whatever its name. */
function fileAt(file: string): PackageFile {
  return {
    path: path.basename(file),
    component: 'weights',
    size: fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0,
    async open() {
      const source = openFile(file);
      return { ...source, [Symbol.asyncDispose]: async () => source[Symbol.dispose]() };
    },
  };
}

/** As `init` would sort them. */
function sortedFiles(folder: string): readonly SelectedFile[] {
  const files = walkFolder(folder).filter(({ refusal }) => refusal === undefined);
  const { assigned } = sortFiles(files.map(({ path, identity }) => ({ path, size: identity.size })));
  return files.flatMap((file) => {
    const component = assigned.get(file.path);
    return component === undefined ? [] : [{ ...file, component }];
  });
}
