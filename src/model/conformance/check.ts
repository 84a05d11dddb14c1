/** Holds an artifact to the specification of CNCF ModelPack, rule by rule: any artifact, whoever wrote it. */
import { WaybillError } from '../../base/errors.ts';
import { type Finding, type Verdict, verdictOf } from '../../base/finding.ts';
import { type Progress, silent } from '../../base/progress.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { MAX_MANIFEST_SIZE, type Manifest, parseManifest } from '../../oci/manifest.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { noSink, readPackedLayer } from '../artifact/read-packed-layer.ts';
import { MAX_CONFIG_SIZE } from '../artifact/structure.ts';
import { isKitDiffId } from '../dialect-parts/diff-ids.ts';
import { MODEL_CONFIG, MODEL_MANIFEST } from '../media-types.ts';
import { findCollision } from '../paths/collisions.ts';
import { checkConfig } from './check-config.ts';
import { checkLayer, type LayerWords } from './check-layer.ts';
import { broken, type ConformanceRuleId } from './rules.ts';

export interface ConformanceReport {
  readonly verdict: Verdict;
  readonly digest: Digest;
  readonly layerCount: number;
  /** Files that the artifact holds, as far as they could be told. */
  readonly fileCount: number;
  /** Bytes of layers that were read. */
  readonly bytesRead: number;
  readonly findings: readonly Finding[];
}

/**
 * @throws WaybillError only when it could not be told, as when the store cannot be read. Damage, and
 *   whatever else breaks a rule, is a finding.
 */
export async function checkConformance(
  store: Store,
  target: Descriptor,
  { progress = silent, signal }: { progress?: Progress; signal?: AbortSignal } = {},
): Promise<ConformanceReport> {
  const findings: Finding[] = [];
  const manifest = await readManifest(store, target, findings);
  if (manifest === undefined)
    return { verdict: 'fail', digest: target.digest, layerCount: 0, fileCount: 0, bytesRead: 0, findings };
  findings.push(...checkTypes(manifest));
  const diffIds = await readDiffIds(store, manifest, findings);
  const layers = manifest.layers.map((descriptor) => {
    const checked = checkLayer(descriptor);
    findings.push(...checked.findings);
    return checked.layer;
  });
  const paths: string[] = [];
  let bytesRead = 0;
  progress.begin(
    'Checking',
    layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
  );
  try {
    for (const [index, layer] of layers.entries()) {
      const content = await readLayer(store, layer, findings, signal);
      progress.advance(layer.descriptor.size);
      if (content === undefined) continue;
      bytesRead += layer.descriptor.size;
      paths.push(...content.paths);
      findings.push(...checkDiffId(diffIds[index], content.plainDigest, layer));
    }
  } finally {
    progress.end();
  }
  findings.push(...checkPaths(paths));
  const { digest } = target;
  return {
    verdict: verdictOf(findings),
    digest,
    layerCount: layers.length,
    fileCount: paths.length,
    bytesRead,
    findings,
  };
}

async function readManifest(store: Store, target: Descriptor, findings: Finding[]): Promise<Manifest | undefined> {
  const manifest = await asFinding(findings, 'modelpack-manifest', undefined, async () =>
    parseManifest(await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`), target.mediaType),
  );
  if (manifest === undefined || manifest.kind === 'manifest') return manifest;
  findings.push(
    broken('modelpack-manifest', `It is an index of ${manifest.manifests.length} manifests, not a manifest`),
  );
  return undefined;
}

function checkTypes({ statesMediaType, mediaType, artifactType, config }: Manifest): readonly Finding[] {
  const findings: Finding[] = [];
  if (!statesMediaType) findings.push(broken('modelpack-media-type', 'The manifest states no mediaType'));
  else if (mediaType !== IMAGE_MANIFEST)
    findings.push(broken('modelpack-media-type', `The manifest states the mediaType ${mediaType}`));
  if (artifactType !== MODEL_MANIFEST) {
    const found = artifactType === undefined ? 'no artifactType' : `the artifactType ${artifactType}`;
    findings.push(broken('modelpack-artifact-type', `The manifest states ${found}`));
  }
  if (config.mediaType !== MODEL_CONFIG)
    findings.push(broken('modelpack-config-type', `The configuration has the type ${config.mediaType}`));
  return findings;
}

async function readDiffIds(store: Store, manifest: Manifest, findings: Finding[]): Promise<readonly unknown[]> {
  const { config, layers } = manifest;
  const bytes = await asFinding(findings, 'modelpack-content', 'configuration', () =>
    readContent(store, config, MAX_CONFIG_SIZE, `configuration ${config.digest}`),
  );
  // The schema is of ModelPack's configuration: of another there is nothing to say by it.
  if (bytes === undefined || config.mediaType !== MODEL_CONFIG) return [];
  const checked = checkConfig(bytes, layers.length);
  findings.push(...checked.findings);
  return checked.diffIds;
}

/** Reads a layer to its end. @returns undefined if its content is not what it says */
async function readLayer(
  store: Store,
  layer: LayerWords,
  findings: Finding[],
  signal: AbortSignal | undefined,
): Promise<{ readonly paths: readonly string[]; readonly plainDigest: Digest | undefined } | undefined> {
  const { descriptor, type, path, name } = layer;
  if (type === undefined || type.form === 'raw') {
    const isWhole = await readWhole(store, layer, findings, signal);
    const plainDigest = type === undefined ? undefined : descriptor.digest;
    return isWhole ? { paths: path === undefined ? [] : [path], plainDigest } : undefined;
  }
  const found: Finding[] = [];
  const content = await asFinding(found, 'modelpack-archive', name, async () => {
    const asLayer = { ...type, descriptor, path: path ?? '.', isExecutable: false, diffId: undefined };
    const { files, plainDigest } = await readPackedLayer(store, asLayer, noSink, signal);
    return { paths: files.map((file) => file.path), plainDigest };
  });
  // Damage shows as an archive that cannot be read: which of the two it is, its digest says.
  if (content === undefined && (await readWhole(store, layer, findings, signal))) findings.push(...found);
  return content;
}

async function readWhole(
  store: Store,
  { descriptor, name }: LayerWords,
  findings: Finding[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const isWhole = await asFinding(findings, 'modelpack-content', name, async () => {
    for await (const _ of (await store.open(descriptor)).verified()) signal?.throwIfAborted();
    return true;
  });
  return isWhole ?? false;
}

function checkDiffId(diffId: unknown, plainDigest: Digest | undefined, layer: LayerWords): readonly Finding[] {
  if (!isDigest(diffId) || plainDigest === undefined || diffId === plainDigest) return [];
  const why =
    isKitDiffId(diffId, plainDigest) || isKitDiffId(diffId, layer.descriptor.digest)
      ? 'it is the digest of the text of a digest, as kit before 1.15 wrote it'
      : `the content has the digest ${plainDigest}`;
  return [broken('modelpack-diff-id', `The diffId is ${diffId}: ${why}`, layer.name)];
}

function checkPaths(paths: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const path of paths) (seen.has(path) ? twice : seen).add(path);
  for (const path of twice) findings.push(broken('modelpack-filepath-twice', 'It stands in the artifact twice', path));
  const folder = foldersOf(seen).find((one) => seen.has(one));
  if (folder !== undefined)
    findings.push(broken('modelpack-filepath-twice', 'It is a file, and the folder of another', folder));
  const collision = folder === undefined ? findCollision(seen) : undefined;
  if (collision !== undefined)
    findings.push(
      broken(
        'modelpack-filepath-case',
        `Some file systems could keep only one of it and ${JSON.stringify(collision[0])}`,
        collision[1],
      ),
    );
  return findings;
}

/** Every folder of every path. */
function foldersOf(paths: Iterable<string>): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash));
  }
  return [...folders];
}

const NO = new Set([
  'DIGEST_INVALID',
  'SIZE_INVALID',
  'MANIFEST_INVALID',
  'ARCHIVE_UNSAFE',
  'LIMIT_EXCEEDED',
  'BLOB_UNKNOWN',
  'UNSUPPORTED',
]);

/** A failure that means "no" becomes a finding; one that means "could not tell" stays a failure. */
async function asFinding<Result>(
  findings: Finding[],
  rule: ConformanceRuleId,
  path: string | undefined,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WaybillError) || !NO.has(error.code)) throw error;
    findings.push(broken(rule, error.message, path));
    return undefined;
  }
}
