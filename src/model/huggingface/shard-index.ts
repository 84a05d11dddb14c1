/** `model.safetensors.index.json`: which tensor lies in which file of a model of several. */
import { WaybillError } from '../../base/errors.ts';
import { isObject, type JsonFile, readObject, showJson } from '../json/read-object.ts';

/** A large model of experts has 200,000 tensors with names of 100 characters. */
const MAX_SHARD_INDEX_SIZE = 256 * 1024 * 1024;
/** As above, with room. */
const MAX_SHARD_INDEX_TENSORS = 2_000_000;

export interface ShardIndex {
  readonly file: string;
  /** Names of files beside it, by the name of a tensor. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all tensors, where it says. */
  readonly totalSize?: number;
}

/** @throws WaybillError FORMAT_INVALID, also for files that do not lie beside it; LIMIT_EXCEEDED */
export function readShardIndex(file: JsonFile): ShardIndex {
  const refuse = (found: string) => new WaybillError('FORMAT_INVALID', `Cannot read ${file.name}: ${found}`);
  const { weight_map: map, metadata } = readObject(file, MAX_SHARD_INDEX_SIZE);
  if (!isObject(map)) throw refuse(`weight_map is ${showJson(map)}, and must be an object`);
  const entries = Object.entries(map);
  if (entries.length > MAX_SHARD_INDEX_TENSORS)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${file.name}: it names ${entries.length} tensors, the limit is ${MAX_SHARD_INDEX_TENSORS}`,
    );
  const files = new Map<string, string>();
  for (const [tensor, shard] of entries) {
    if (typeof shard !== 'string' || !isFileName(shard))
      throw refuse(
        `weight_map gives ${showJson(shard)} for ${JSON.stringify(tensor)}, which is no name of a file beside it`,
      );
    files.set(tensor, shard);
  }
  const totalSize = isObject(metadata) ? metadata['total_size'] : undefined;
  return { file: file.name, files, ...(isSize(totalSize) ? { totalSize } : {}) };
}

function isFileName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/\\\0]/.test(text);
}

/** Programs write whole numbers as 1.0 too. */
function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
