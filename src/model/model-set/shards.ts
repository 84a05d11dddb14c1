/** Which files are loaded as one model: by an index that names them, else by the numbers in their names. */
import path from 'node:path';
import type { PackageFile } from './package-file.ts';

export interface Shards {
  /** In messages. */
  readonly name: string;
  readonly files: readonly PackageFile[];
  /** Shards that must be there by the numbers in the names of the others. */
  readonly missing: readonly string[];
  /** The index that tells which tensor lies where, if there is one. */
  readonly index?: PackageFile;
}

/** As transformers and llama.cpp write them: `model-00001-of-00003.safetensors`. */
const SHARD = /^(?<stem>.+)-(?<number>\d{5})-of-(?<count>\d{5})(?<extension>\.safetensors|\.gguf)$/;
const INDEX = /\.safetensors\.index\.json$/;

/** Groups weights into models; a file that belongs to no others is one by itself. */
export function groupShards(weights: readonly PackageFile[], others: readonly PackageFile[]): readonly Shards[] {
  const groups = Map.groupBy(weights, ({ path: file }) => {
    const { stem, count, extension } = SHARD.exec(file)?.groups ?? {};
    return stem === undefined ? file : `${stem}-of-${count}${extension}`;
  });
  const indexes = new Map(
    [...weights, ...others].filter(({ path }) => INDEX.test(path)).map((file) => [file.path, file]),
  );
  return [...groups.values()].flatMap((files) => {
    const [first] = files;
    if (first === undefined || INDEX.test(first.path)) return [];
    const { stem, count, extension } = SHARD.exec(first.path)?.groups ?? {};
    if (stem === undefined || count === undefined) return [{ name: first.path, files, missing: [] }];
    const index = extension === '.safetensors' ? indexes.get(`${stem}.safetensors.index.json`) : undefined;
    const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return [
      {
        name: index?.path ?? first.path,
        files: sorted,
        missing: missingOf(sorted, { stem, count, extension: extension ?? '' }),
        ...(index === undefined ? {} : { index }),
      },
    ];
  });
}

function missingOf(
  files: readonly PackageFile[],
  { stem, count, extension }: { stem: string; count: string; extension: string },
): readonly string[] {
  const there = new Set(files.map(({ path }) => path));
  // Of a crafted name with 99,999 shards the first that is missing is enough.
  for (let number = 1; number <= Number(count); number++) {
    const name = `${stem}-${String(number).padStart(5, '0')}-of-${count}${extension}`;
    if (!there.has(name)) return [path.posix.basename(name)];
  }
  return [];
}
