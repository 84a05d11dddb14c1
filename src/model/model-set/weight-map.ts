/** `model.safetensors.index.json`: which tensor lies in which shard. transformers writes it; so do many others. */
import { WaybillError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { PackageFile } from './package-file.ts';

/** A model of 100,000 tensors has an index of some 10 MB. */
const MAX_INDEX_SIZE = 64 * 1024 * 1024;

export interface WeightMap {
  /** Name of the shard, beside the index, by the name of the tensor. */
  readonly shards: ReadonlyMap<string, string>;
  /** Bytes of all tensors, as it states them. */
  readonly totalSize?: number;
}

/** @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE */
export async function readWeightMap(file: PackageFile): Promise<WeightMap> {
  const what = `${file.path} as an index of shards`;
  const invalid = (found: string, cause?: unknown) =>
    new WaybillError('FORMAT_INVALID', `Cannot read ${what}: ${found}`, { cause });
  if (file.size > MAX_INDEX_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${what}: it has ${file.size} bytes, the limit is ${MAX_INDEX_SIZE}`,
    );
  await using source = await file.open();
  let value: unknown;
  try {
    value = parseStrictJson(await source.read(0, source.size), file.path);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    throw invalid(error.message.replace(/^[^:]*: /, ''), error);
  }
  const { weight_map: map, metadata } = (value ?? {}) as { weight_map?: unknown; metadata?: unknown };
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw invalid('it has no weight_map');
  const shards = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string') throw invalid(`the shard of ${JSON.stringify(tensor)} is not a name`);
    shards.set(tensor, shard);
  }
  const totalSize = (metadata as { total_size?: unknown } | undefined)?.total_size;
  return { shards, ...(typeof totalSize === 'number' ? { totalSize } : {}) };
}
