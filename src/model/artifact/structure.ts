/**
 * Reads what an artifact says of itself (manifest, configuration, annotations) and holds it to the
 * ModelPack specification, docs/spec.md, and to our path rules. No layer is opened.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { asObject, type Descriptor } from '../../oci/descriptor.ts';
import { digestOf, isDigest } from '../../oci/digest.ts';
import { type Index, MAX_MANIFEST_SIZE, type Manifest, parseManifest } from '../../oci/manifest.ts';
import { annotationKeys } from '../../oci/media-types.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { type LayerType, MODEL_CONFIG, MODEL_MANIFEST, modelAnnotations, parseLayerMediaType } from '../media-types.ts';
import { refusalOf } from '../paths/rules.ts';
import { SUMS_FILE } from '../sums.ts';
import { problemOfConfig } from './config.ts';

export interface Layer extends LayerType {
  readonly descriptor: Descriptor;
  /** Path of the file of a raw layer; of a tar, the name that others give it. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** Digest of the layer's content without compression, as the configuration states it. */
  readonly diffId: string | undefined;
}

export interface Structure {
  readonly manifest: Manifest;
  readonly config: ModelConfig;
  readonly layers: readonly Layer[];
  /** Errors mean that the artifact must not be restored. */
  readonly findings: readonly Finding[];
}

export interface ModelConfig {
  readonly descriptor?: { readonly name?: string; readonly version?: string };
  readonly config?: Readonly<Record<string, unknown>>;
  readonly modelfs?: { readonly diffIds?: readonly string[] };
}

/** A configuration states one diffId of 74 bytes for each layer, and little else. */
const MAX_CONFIG_SIZE = 8 * 1024 * 1024;

/**
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, MANIFEST_INVALID, BLOB_UNKNOWN when manifest or
 *   configuration cannot be read; UNSUPPORTED for an artifact that is no ModelPack model
 */
export async function readStructure(store: Store, target: Descriptor): Promise<Structure> {
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  const manifest = parseManifest(bytes, target.mediaType);
  if (manifest.kind !== 'manifest' || manifest.artifactType !== MODEL_MANIFEST) throw notAModel(target, manifest);
  const findings: Finding[] = [];
  if (!manifest.statesMediaType) {
    findings.push({
      rule: 'quirk-no-media-type',
      level: 'warning',
      message: 'The manifest does not state its mediaType, as kit before 1.15 wrote it',
    });
  }
  if (manifest.config.mediaType !== MODEL_CONFIG) {
    findings.push({
      rule: 'config-type',
      level: 'error',
      message: `The configuration has the type ${manifest.config.mediaType}, not ${MODEL_CONFIG}`,
    });
  }
  const config = await readConfig(store, manifest, findings);
  const diffIds = config.modelfs?.diffIds ?? [];
  const layers = manifest.layers.flatMap((descriptor, index) => readLayer(descriptor, diffIds[index], findings));
  checkSetDigest(manifest, layers, findings);
  return { manifest, config, layers, findings };
}

/** What it is instead: its artifactType, or the type of its configuration, which stands in for an absent one. */
function notAModel({ digest }: Descriptor, manifest: Manifest | Index): WaybillError {
  const configType = manifest.kind === 'manifest' ? manifest.config.mediaType : undefined;
  const type = manifest.artifactType ?? configType ?? manifest.mediaType;
  const found =
    manifest.artifactType === undefined
      ? `it states no artifactType, its ${configType === undefined ? 'own type' : 'configuration'} is ${type}`
      : `its artifactType is ${type}`;
  return new WaybillError('UNSUPPORTED', `Cannot read ${digest}: it is no ModelPack model, ${found}`, {
    expected: MODEL_MANIFEST,
    found: type,
  });
}

async function readConfig(store: Store, manifest: Manifest, findings: Finding[]): Promise<ModelConfig> {
  const bytes = await readContent(store, manifest.config, MAX_CONFIG_SIZE, `configuration ${manifest.config.digest}`);
  const value = parseStrictJson(bytes, 'configuration');
  const problem = problemOfConfig(value);
  if (problem !== undefined) {
    findings.push({ rule: 'config-schema', level: 'error', message: `The configuration is not valid: ${problem}` });
    return {};
  }
  const config = value as ModelConfig;
  const diffIds = config.modelfs?.diffIds ?? [];
  if (diffIds.length !== manifest.layers.length) {
    findings.push({
      rule: 'diff-ids',
      level: 'error',
      message: `The configuration states ${diffIds.length} diffIds for ${manifest.layers.length} layers`,
    });
  }
  const odd = diffIds.find((diffId) => !isDigest(diffId));
  if (odd !== undefined)
    findings.push({ rule: 'diff-ids', level: 'error', message: `The diffId ${JSON.stringify(odd)} is not a digest` });
  return config;
}

function readLayer(descriptor: Descriptor, diffId: string | undefined, findings: Finding[]): Layer[] {
  const type = parseLayerMediaType(descriptor.mediaType);
  const annotations = descriptor.annotations ?? {};
  const filepath = annotations[modelAnnotations.filepath];
  const title = annotations[annotationKeys.title];
  const path = filepath ?? title;
  const name = path ?? descriptor.digest;
  const refuse = (rule: string, message: string) => {
    findings.push({ rule, level: 'error', path: name, message });
    return [];
  };
  if (type === undefined) return refuse('layer-type', `${descriptor.mediaType} is not one of ModelPack's layer types`);
  for (const text of [filepath, title]) {
    const refusal = text === undefined || text === '.' ? undefined : refusalOf(text);
    if (refusal !== undefined)
      return refuse('path', `The name ${JSON.stringify(text)} of a layer is refused: ${refusal}`);
  }
  if (type.form === 'raw') {
    if (path === undefined || path === '.') return refuse('path', 'A raw layer states no file name');
    if (filepath !== undefined && title !== undefined && filepath !== title) {
      return refuse(
        'path-annotations',
        `Tools would restore different files: filepath is ${JSON.stringify(filepath)}, title is ${JSON.stringify(title)}`,
      );
    }
    if (diffId !== undefined && diffId !== descriptor.digest) checkDiffId(descriptor, diffId, name, findings);
  }
  const metadata = readMetadata(annotations[modelAnnotations.fileMetadata], type, descriptor, name, findings);
  return [{ ...type, descriptor, path: path ?? '.', isExecutable: metadata.isExecutable, diffId }];
}

/** Old kit hashed the text of the digest in place of the content: known, explained, harmless. */
export function isKitDiffId(diffId: string, contentDigest: string): boolean {
  return diffId === digestOf(contentDigest);
}

function checkDiffId({ digest }: Descriptor, diffId: string, path: string, findings: Finding[]): void {
  if (isKitDiffId(diffId, digest)) {
    findings.push({
      rule: 'quirk-kit-diff-id',
      level: 'warning',
      path,
      message: 'The diffId is the digest of a digest, as kit before 1.15 wrote it',
    });
  } else {
    findings.push({
      rule: 'diff-ids',
      level: 'error',
      path,
      message: `The diffId ${diffId} is not the digest of the layer's content, ${digest}`,
    });
  }
}

/** Whoever states a set digest promises the list of which it is the digest. */
function checkSetDigest({ annotations }: Manifest, layers: readonly Layer[], findings: Finding[]): void {
  const stated = annotations[modelAnnotations.setDigest];
  const sums = layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE)?.descriptor.digest;
  if (stated === undefined || stated === sums) return;
  const message =
    sums === undefined
      ? `The manifest states a set digest, but no layer is ${SUMS_FILE}`
      : `The manifest states the set digest ${stated}, the layer is ${sums}`;
  findings.push({ rule: 'set-digest', level: 'error', path: SUMS_FILE, message });
}

/** specs-go/v1/annotations.go, FileMetadata. */
const METADATA_FIELDS = ['name', 'mode', 'uid', 'gid', 'size', 'mtime', 'typeflag'];

function readMetadata(
  text: string | undefined,
  { form }: LayerType,
  { size }: Descriptor,
  path: string,
  findings: Finding[],
): { isExecutable: boolean } {
  if (text === undefined) return { isExecutable: false };
  let metadata: Record<string, unknown>;
  try {
    const where = `file metadata of ${path}`;
    metadata = asObject(parseStrictJson(Buffer.from(text), where), where, METADATA_FIELDS);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    findings.push({ rule: 'file-metadata', level: 'error', path, message: error.message });
    return { isExecutable: false };
  }
  if (form === 'raw' && metadata['size'] !== size) {
    findings.push({
      rule: 'file-metadata',
      level: 'warning',
      path,
      message: `The file metadata states ${String(metadata['size'])} bytes, the layer has ${size}`,
    });
  }
  const mode = metadata['mode'];
  return { isExecutable: typeof mode === 'number' && (mode & 0o100) !== 0 };
}

/** Turns the first error of a structure into a failure, for whoever must not go on. */
export function assertRestorable({ findings }: Pick<Structure, 'findings'>, what: string): void {
  const [first, ...more] = findings.filter(({ level }) => level === 'error');
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more: waybill verify shows all)`;
  const code = first.rule.startsWith('path') ? 'ARCHIVE_UNSAFE' : 'MANIFEST_INVALID';
  throw new WaybillError(code, `Cannot restore ${what}: ${first.message}${others}`);
}
