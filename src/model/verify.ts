/** Verifies an artifact: every byte against its digest, and everything it says against itself. */
import { WaybillError } from '../base/errors.ts';
import type { FileIdentity } from '../base/file-identity.ts';
import { type Finding, type Verdict, verdictOf } from '../base/finding.ts';
import { assembleAll } from '../base/hashing/pool.ts';
import { type Progress, silent } from '../base/progress.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, sha256Digest } from '../oci/digest.ts';
import type { Store } from '../oci/store.ts';
import { checkContent, readContent } from '../oci/verified.ts';
import type { Layer } from './artifact/layer.ts';
import { noSink, readPackedLayer } from './artifact/read-packed-layer.ts';
import { readStructure, type Structure } from './artifact/structure.ts';
import { compareSums } from './compare-sums.ts';
import { quirkFinding } from './dialect-parts/quirks.ts';
import { type DigestCache, noCache } from './digest-cache.ts';
import { findCollision } from './paths/collisions.ts';
import { type HashedContent, rememberContent, stateOf } from './stored-content.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE } from './sums.ts';

export interface Verification {
  readonly verdict: Verdict;
  readonly digest: Digest;
  readonly setDigest: Digest | undefined;
  readonly fileCount: number;
  /** Every file by its path, as far as they could be read. */
  readonly files: ReadonlyMap<string, Digest>;
  /** Bytes of layers that were read. */
  readonly bytesRead: number;
  /** Bytes of layers that were not, because they have not been touched since they were hashed. */
  readonly bytesKnown: number;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Whether content that has not been touched since it was hashed is taken as it was then; every byte is read if absent. */
  readonly cache?: DigestCache;
}

/**
 * @throws WaybillError only when it could not be told: the store cannot be read, or the artifact is
 *   not a model. Wrong bytes and broken rules are findings.
 */
export async function verify(
  store: Store,
  target: Descriptor,
  { progress = silent, signal, cache = noCache }: VerifyOptions = {},
): Promise<Verification> {
  const findings: Finding[] = [];
  const refused = (): Verification => ({
    verdict: 'fail',
    digest: target.digest,
    setDigest: undefined,
    fileCount: 0,
    files: new Map(),
    bytesRead: 0,
    bytesKnown: 0,
    findings,
  });
  let structure: Structure | undefined;
  await asFinding(findings, 'manifest', target.digest, async () => {
    structure = await readStructure(store, target);
  });
  if (structure === undefined) return refused();
  findings.push(...structure.findings);

  const sums = structure.layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE);
  const files = new Map<string, Digest>();
  const add = (path: string, digest: Digest) => {
    if (files.has(path))
      findings.push({ rule: 'path-twice', level: 'error', path, message: 'stands in the artifact twice' });
    files.set(path, digest);
  };
  const asides = structure.asides.map((descriptor) => ({ descriptor, path: descriptor.digest, form: 'raw' as const }));
  const raw = await verifyRawLayers(store, [...structure.layers, ...asides], findings, { progress, signal, cache });
  let { bytesRead } = raw;
  for (const layer of structure.layers) {
    if (layer.form === 'raw') {
      add(layer.path, layer.descriptor.digest);
      continue;
    }
    await asFinding(findings, 'layer-digest', layer.path, async () => {
      const { files: inside, quirks } = await readPackedLayer(store, layer, noSink, signal);
      bytesRead += layer.descriptor.size;
      for (const { path, digest } of inside) add(path, digest);
      findings.push(...quirks.map((quirk) => quirkFinding(quirk, layer.path)));
    });
  }
  const collision = findCollision(files.keys());
  if (collision !== undefined && collision[0] !== collision[1]) {
    findings.push({
      rule: 'path-collision',
      level: 'error',
      path: collision[1],
      message: `Some file systems could keep only one of it and ${JSON.stringify(collision[0])}`,
    });
  }
  await verifySums(store, structure, sums, files, findings);
  return {
    verdict: verdictOf(findings),
    digest: target.digest,
    setDigest: sums?.descriptor.digest,
    fileCount: files.size,
    files,
    bytesRead,
    bytesKnown: raw.bytesKnown,
    findings,
  };
}

/** Layers that lie on disk as files are hashed on all cores, others as they are streamed. */
async function verifyRawLayers(
  store: Store,
  layers: readonly Pick<Layer, 'descriptor' | 'path' | 'form'>[],
  findings: Finding[],
  { progress, signal, cache }: { progress: Progress; signal: AbortSignal | undefined; cache: DigestCache },
): Promise<{ bytesRead: number; bytesKnown: number }> {
  const onDisk: { layer: Pick<Layer, 'descriptor' | 'path'>; file: string; identity: FileIdentity | undefined }[] = [];
  let bytesRead = 0;
  let bytesKnown = 0;
  const seen = new Set<string>();
  for (const layer of layers) {
    // Two layers may share a digest; each must state its true size.
    const { digest, size } = layer.descriptor;
    if (layer.form !== 'raw' || seen.has(`${digest} ${size}`)) continue;
    await asFinding(findings, 'layer-digest', layer.path, async () => {
      const content = await store.open(layer.descriptor);
      seen.add(`${digest} ${size}`);
      if (
        content.file !== undefined &&
        layer.descriptor.digest.startsWith('sha256:') &&
        content.size === layer.descriptor.size
      ) {
        const identity = stateOf(content.file);
        const known = identity && cache.content(identity);
        if (known === undefined) onDisk.push({ layer, file: content.file, identity });
        else {
          checkContent(layer.descriptor, { size: content.size, digest: sha256Digest(known) });
          bytesKnown += content.size;
        }
        return;
      }
      for await (const chunk of content.verified()) {
        bytesRead += chunk.length;
        signal?.throwIfAborted();
      }
    });
  }
  const jobs = onDisk.map(({ layer, file }) => ({
    size: layer.descriptor.size,
    assembly: { parts: [{ file, name: layer.path }] },
  }));
  const results = await assembleAll(jobs, { label: 'Verifying', progress, signal });
  const hashed: HashedContent[] = [];
  for (const [index, { sha256, size }] of results.entries()) {
    const { layer, file, identity } = onDisk[index] ?? {};
    if (layer === undefined || file === undefined) continue;
    bytesRead += size;
    if (identity !== undefined) hashed.push({ file, identity, sha256 });
    await asFinding(findings, 'layer-digest', layer.path, async () =>
      checkContent(layer.descriptor, { size, digest: sha256Digest(sha256) }),
    );
  }
  await rememberContent(cache, hashed);
  return { bytesRead, bytesKnown };
}

async function verifySums(
  store: Store,
  { layers }: Structure,
  sums: Layer | undefined,
  files: ReadonlyMap<string, Digest>,
  findings: Finding[],
): Promise<void> {
  if (sums === undefined) {
    findings.push({ rule: 'no-sums', level: 'note', message: `It has no ${SUMS_FILE}: another tool packed it` });
    return;
  }
  // What a damaged layer would have held cannot be compared; its own finding says so.
  if (layers.some(({ form }) => form !== 'raw') && findings.some(({ rule }) => rule === 'layer-digest')) return;
  await asFinding(findings, 'sums', SUMS_FILE, async () => {
    const text = (await readContent(store, sums.descriptor, MAX_SUMS_SIZE, SUMS_FILE)).toString('utf8');
    const others = new Map([...files].filter(([path]) => path !== SUMS_FILE));
    findings.push(...compareSums(parseSums(text), others));
  });
}

/** A failure that means "no" becomes a finding; one that means "could not tell" stays a failure. */
async function asFinding(findings: Finding[], rule: string, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof WaybillError) || !isNo(error)) throw error;
    findings.push({
      rule: error.code === 'BLOB_UNKNOWN' ? 'layer-missing' : rule,
      level: 'error',
      path,
      message: error.message,
    });
  }
}

const NO = new Set([
  'DIGEST_INVALID',
  'SIZE_INVALID',
  'MANIFEST_INVALID',
  'ARCHIVE_UNSAFE',
  'LIMIT_EXCEEDED',
  'BLOB_UNKNOWN',
]);

function isNo({ code }: WaybillError): boolean {
  return NO.has(code);
}
