/**
 * Which layers a set of files becomes: one for each file, but for small files in numbers, which
 * travel in one tar for each component (a layer costs a round trip). Depends on the files alone,
 * so that the digest is the same everywhere.
 */
import { WaybillError } from '../base/errors.ts';
import { MAX_USTAR_SIZE } from '../base/tar/header.ts';
import { type Component, componentNames, components } from './media-types.ts';
import { SUMS_FILE } from './sums.ts';
import { WAYBILL_FILE } from './waybill-file/schema.ts';

export interface LayerFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly component: Component;
}

export type PlannedLayer<File extends LayerFile> =
  | { readonly form: 'raw'; readonly component: Component; readonly file: File }
  | { readonly form: 'tar'; readonly component: Component; readonly files: readonly File[] };

/** Files below this size are small. */
const SMALL_SIZE = 64 * 1024;
/** So many small files of one component make a bundle. */
const BUNDLE_COUNT = 65;
/** modctl stops at 2,048 layers; above this number more is bundled. */
const MANY_LAYERS = 2_000;
/** A manifest above 4 MiB is refused by registries, and a layer costs about 460 bytes. */
const MAX_LAYERS = 4_000;
/** Packages above this are refused: readers keep a list of their files in memory. */
export const MAX_FILES = 250_000;

/**
 * The layers in their order: weight.config, weight, code, doc, dataset; by path bytes inside, the
 * bundle last.
 * @param files sorted by the bytes of their paths
 * @throws WaybillError LIMIT_EXCEEDED when even bundles leave too many
 */
export function planLayers<File extends LayerFile>(files: readonly File[]): readonly PlannedLayer<File>[] {
  if (files.length > MAX_FILES)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot pack ${files.length} files: the limit is ${MAX_FILES}`);
  const isSmall = ({ size }: File) => size < SMALL_SIZE;
  const byCount = bundle(files, (file) => file.component !== 'weights' && isSmall(file), BUNDLE_COUNT);
  if (byCount.length <= MANY_LAYERS) return byCount;
  const others = bundle(files, (file) => file.component !== 'weights' && file.size <= MAX_USTAR_SIZE, 2);
  if (others.length <= MANY_LAYERS) return others;
  const weights = bundle(
    files,
    (file) => (file.component === 'weights' ? isSmall(file) : file.size <= MAX_USTAR_SIZE),
    2,
  );
  if (weights.length <= MAX_LAYERS) return weights;
  throw new WaybillError(
    'LIMIT_EXCEEDED',
    `Cannot pack ${files.length} files: they need ${weights.length} layers, the limit is ${MAX_LAYERS} (registries refuse manifests above 4 MiB)`,
    {
      hint: 'Put the weights into fewer, larger files',
    },
  );
}

/** The name of a bundle, for tools that restore a layer as one file. */
export function bundleTitle(component: Component): string {
  return `waybill-${components[component]}.tar`;
}

function bundle<File extends LayerFile>(
  files: readonly File[],
  belongs: (file: File) => boolean,
  least: number,
): readonly PlannedLayer<File>[] {
  return componentNames.flatMap((component): PlannedLayer<File>[] => {
    const own = files.filter((file) => file.component === component);
    const bundled = own.filter((file) => belongs(file) && !staysRaw(file.path));
    if (bundled.length < least) return own.map((file) => ({ form: 'raw', component, file }));
    const inBundle = new Set(bundled);
    const raw = own.filter((file) => !inBundle.has(file));
    return [
      ...raw.map((file): PlannedLayer<File> => ({ form: 'raw', component, file })),
      { form: 'tar', component, files: bundled },
    ];
  });
}

/** What plain clients should see as files of their own. */
function staysRaw(path: string): boolean {
  return path === WAYBILL_FILE || path === SUMS_FILE || /^(?:README|LICEN[CS]E)[^/]*$/i.test(path);
}
