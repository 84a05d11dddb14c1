/**
 * Packs a folder: every file is read at most once, hashed while it is read, and written or sent at
 * most once; a file that is known from an earlier pack is not opened at all.
 */
import { streamOf } from '../base/bytes.ts';
import { WaybillError } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import { HashingThreads } from '../base/hashing/threads.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { IMAGE_MANIFEST } from '../oci/media-types.ts';
import { type ArtifactStore, isBringing, isSending } from '../oci/store.ts';
import { push } from '../oci/verified.ts';
import { type BuiltLayer, buildArtifact, withSums } from './artifact/build.ts';
import { type Brought, bringLayers, type LayerTotals, missingFrom, type Watch } from './bring-layers.ts';
import type { DigestCache } from './digest-cache.ts';
import { LayerWork } from './layer-work.ts';
import { planLayers } from './layers.ts';
import { MODEL_CONFIG, MODEL_MANIFEST } from './media-types.ts';
import { isNamedAsModel } from './model-file/names.ts';
import { sendLayers } from './send-layers.ts';
import type { Source } from './source/read.ts';
import { checkSecrets } from './source/secrets.ts';
import { rememberContent } from './stored-content.ts';
import { formatSums, SUMS_FILE } from './sums.ts';

export interface PackDependencies extends Watch {
  /** One that takes whole files, or one far away to which they are sent. */
  readonly store: ArtifactStore;
  readonly cache: DigestCache;
}

export interface PackOptions {
  /** How files come into the store; a hard link writes nothing and shares the file. */
  readonly bring?: 'clone' | 'link';
  /** The name that the package gets in the store. */
  readonly name?: string;
}

export interface Packed extends LayerTotals {
  readonly manifest: Descriptor;
  readonly setDigest: Digest;
  /** Bytes of all layers. */
  readonly size: number;
  readonly fileCount: number;
  readonly layerCount: number;
  readonly findings: readonly Finding[];
}

/**
 * Packs what `readSource` found into the store.
 * @throws WaybillError FACTS_DIFFER when a stated fact is not what the files say, WAYBILL_FILE_INVALID when the
 *   interface or its examples contradict themselves, PATH_INVALID for a private key; FILE_CHANGED, FILE_UNREADABLE, DISK_FULL, LIMIT_EXCEEDED; the store then holds
 *   nothing new under any name
 */
export async function pack(source: Source, dependencies: PackDependencies, options: PackOptions = {}): Promise<Packed> {
  const { store } = dependencies;
  const secrets = checkSecrets(source.files, 'Cannot pack');
  const planned = planLayers(source.files.map((file) => ({ ...file, size: file.identity.size })));
  const work = planned.map((layer) => new LayerWork(layer, dependencies.cache));
  const missing = isBringing(store) ? await missingFrom(store, work) : [];
  // They start while the headers of the weights are read here.
  await using threads = new HashingThreads(missing.map(({ size }) => size));
  const odd = [...secrets, ...(await interfaceFindings(source)), ...(await factsFindings(source, store))];
  const { contents, since, ...totals }: Brought = isBringing(store)
    ? await bringLayers(missing, store, { ...dependencies, threads, bring: options.bring ?? 'clone' })
    : { ...(await send(work, dependencies)), contents: [], since: 0 };

  const sums = await put(store, 'text/plain', formatSums(work.flatMap((layer) => layer.sums())));
  const { digest: setDigest, size: sumsSize } = sums.target;
  const layers = withSums<BuiltLayer>(
    work.map((layer) => layer.built()),
    { component: 'docs', path: SUMS_FILE, digest: setDigest, size: sumsSize },
  );
  const artifact = buildArtifact(source.file, layers, setDigest);
  const config = await put(store, MODEL_CONFIG, artifact.config);
  const written = await put(store, IMAGE_MANIFEST, artifact.manifest(config.target));
  const manifest = { ...written.target, artifactType: MODEL_MANIFEST };
  if (isBringing(store)) await store.settle();
  if (options.name !== undefined) await store.tag(options.name, manifest);
  // Last: the file system's clock has to move on first.
  await rememberContent(dependencies.cache, contents, since);
  const own = [sums, config, written].reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    manifest,
    setDigest,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    fileCount: source.files.length + 1,
    layerCount: layers.length,
    ...totals,
    bytesSent: isSending(store) ? totals.bytesSent + own : 0,
    findings: [...source.findings, ...odd],
  };
}

async function interfaceFindings(source: Source): Promise<readonly Finding[]> {
  return source.file.interface === undefined
    ? []
    : (await import('./interface/check-source.ts')).checkInterface(source);
}

/** Readers of model files are loaded where there is one, or where something is stated of it. */
async function factsFindings(source: Source, store: ArtifactStore): Promise<readonly Finding[]> {
  const { file, files } = source;
  const isTold = file.model !== undefined || file.interface !== undefined || file.runtime !== undefined;
  if (!isTold && !files.some(({ path, component }) => component === 'weights' && isNamedAsModel(path))) return [];
  const { checkFacts } = await import('./facts/check.ts');
  return checkFacts(source, async (_, digest) => {
    const target = await store.resolve(digest);
    return target === undefined ? undefined : { store, target };
  });
}

function send(work: readonly LayerWork[], dependencies: PackDependencies): Promise<LayerTotals> {
  const { store } = dependencies;
  if (isSending(store)) return sendLayers(work, store, dependencies);
  throw new WaybillError('UNSUPPORTED', 'Cannot pack straight into this kind of store', {
    hint: 'Pack into the local store first, then: waybill copy NAME TO',
  });
}

/** Small content that is put together here. @returns its descriptor, and whether the store had it not */
async function put(
  store: ArtifactStore,
  mediaType: string,
  content: string,
): Promise<{ target: Descriptor; bytes: number }> {
  const bytes = Buffer.from(content);
  const target = { mediaType, digest: digestOf(bytes), size: bytes.length };
  if ((await store.stat(target))?.size === target.size) return { target, bytes: 0 };
  await push(store, target, streamOf(bytes));
  return { target, bytes: bytes.length };
}
