/** Reads every model among the files of a package: descriptions and tables of tensors, never the weights. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { formats } from '../formats/index.ts';
import type { Format } from '../model-file/format.ts';
import { type Identified, identify, readModelFile } from '../model-file/identify.ts';
import type { Opaque } from '../model-file/opaque/opaque.ts';
import { checkExternalData, placeOf } from './external-data.ts';
import { joinGgufSplits } from './gguf-splits.ts';
import type { ModelSet, OpaqueModel, SetTensor, UnreadModel } from './model-set.ts';
import type { PackageFile } from './package-file.ts';
import { groupShards, type Shards } from './shards.ts';
import { readWeightMap } from './weight-map.ts';

/** A zarr store or a cache of arrays has more files than anybody reads facts of; a model of 1,000 shards is read. */
const MAX_MODEL_FILES = 4_096;

export interface ReadModels {
  readonly sets: readonly ModelSet[];
  readonly unread: readonly UnreadModel[];
  readonly opaque: readonly OpaqueModel[];
  /** How many weights were not looked at because there are too many. */
  readonly skipped: number;
}

/**
 * What cannot be read as what it is named is told, not thrown: a package may hold what Waybill does not know.
 * @throws WaybillError FILE_UNREADABLE, FILE_CHANGED, and what the store throws
 */
export async function readModels(files: readonly PackageFile[]): Promise<ReadModels> {
  const weights = files.filter(({ component }) => component === 'weights');
  const looked = weights.slice(0, MAX_MODEL_FILES);
  const sets: ModelSet[] = [];
  const unread: UnreadModel[] = [];
  const opaque: OpaqueModel[] = [];
  for (const shards of groupShards(
    looked,
    files.filter(({ component }) => component === 'config'),
  )) {
    try {
      const set = await readSet(shards, { files, opaque });
      if (set !== undefined) sets.push(set);
    } catch (error) {
      if (!(error instanceof WaybillError) || !['FORMAT_INVALID', 'LIMIT_EXCEEDED'].includes(error.code)) throw error;
      const names = shards.files.map(({ path }) => path);
      unread.push({ format: names.map(formatByName).find((format) => format !== undefined), files: names, error });
    }
  }
  return { sets, unread, opaque, skipped: weights.length - looked.length };
}

async function readSet(
  shards: Shards,
  { files, opaque }: { files: readonly PackageFile[]; opaque: OpaqueModel[] },
): Promise<ModelSet | undefined> {
  const parts: Part[] = [];
  for (const file of shards.files) {
    const read = await readFile(file);
    if (read?.kind === 'opaque') opaque.push({ file: file.path, opaque: read.opaque });
    if (read?.kind === 'model') parts.push({ ...read.model, file: file.path });
  }
  const [first, ...rest] = parts;
  if (first === undefined) return undefined;
  const refuse = (found: string) =>
    new WaybillError('FORMAT_INVALID', `Cannot read ${shards.name} as one model: ${found}`);
  for (const { file, tensors } of parts) checkExternalData(file, { tensors, files }, refuse);
  if (shards.missing.length > 0) throw refuse(`the shard ${shards.missing[0]} is not among the weights`);
  if (rest.length === 0 && shards.files.length === 1 && shards.index === undefined)
    return setOf(shards.name, first, [first], []);
  const odd = parts.find(({ format }) => format !== first.format);
  if (odd !== undefined || parts.length !== shards.files.length)
    throw refuse(`its shards are not all ${first.format.title}`);
  const findings = shards.index === undefined ? [] : await checkIndex(shards.index, parts);
  refuseTwice(parts, refuse);
  const whole = first.format.id === 'gguf' ? joinGgufSplits(parts, refuse) : first;
  return setOf(shards.name, whole, parts, findings);
}

type Part = Identified & { readonly file: string };

/** @returns undefined for a file that is no model file that is known */
async function readFile(
  file: PackageFile,
): Promise<{ kind: 'model'; model: Identified } | { kind: 'opaque'; opaque: Opaque } | undefined> {
  await using source = await file.open();
  try {
    const { opaque } = await identify(source);
    if (opaque !== undefined && formatByName(file.path) === undefined) return { kind: 'opaque', opaque };
    return { kind: 'model', model: await readModelFile(source) };
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'UNSUPPORTED' && formatByName(file.path) === undefined)
      return undefined;
    throw error;
  }
}

function formatByName(file: string): Format | undefined {
  const extension = path.extname(file).toLowerCase();
  return formats.find(({ extensions }) => (extensions as readonly string[]).includes(extension));
}

function setOf(name: string, whole: Identified, parts: readonly Part[], findings: readonly Finding[]): ModelSet {
  const tensors: SetTensor[] = parts.flatMap(({ file, tensors }) =>
    tensors.map((tensor) => ({ ...tensor, file: placeOf(tensor, file) })),
  );
  const found = [...parts.flatMap((part) => part.findings), ...findings];
  return { ...whole, name, files: parts.map(({ file }) => file), tensors, findings: found };
}

/** The index must say of each tensor what is so: loaders go by it. */
async function checkIndex(index: PackageFile, parts: readonly Part[]): Promise<readonly Finding[]> {
  const { shards, totalSize } = await readWeightMap(index);
  const refuse = (found: string) =>
    new WaybillError('FORMAT_INVALID', `Cannot read ${index.path} as an index of shards: ${found}`);
  const folder = path.posix.dirname(index.path);
  const held = new Map(parts.flatMap(({ file, tensors }) => tensors.map(({ name }): [string, string] => [name, file])));
  for (const [tensor, shard] of shards) {
    const file = path.posix.join(folder, shard);
    const found = held.get(tensor);
    if (found === undefined) throw refuse(`no shard has the tensor ${JSON.stringify(tensor)}`);
    if (found !== file)
      throw refuse(`it says that ${JSON.stringify(tensor)} is in ${shard}, and it is in ${path.posix.basename(found)}`);
  }
  for (const [tensor, file] of held)
    if (!shards.has(tensor))
      throw refuse(`it does not name ${JSON.stringify(tensor)}, which ${path.posix.basename(file)} has`);
  const size = parts.reduce(
    (sum, { tensors }) => sum + tensors.reduce((own, { start, end }) => own + end - start, 0),
    0,
  );
  if (totalSize === undefined || totalSize === size) return [];
  const message = `it states a total_size of ${totalSize} bytes, the tensors have ${size}`;
  return [{ rule: 'model-index', level: 'warning', path: index.path, message }];
}

function refuseTwice(parts: readonly Part[], refuse: (found: string) => WaybillError): void {
  const held = new Map<string, string>();
  for (const { file, tensors } of parts)
    for (const { name } of tensors) {
      const other = held.get(name);
      if (other !== undefined) throw refuse(`${other} and ${file} both have the tensor ${JSON.stringify(name)}`);
      held.set(name, file);
    }
}
