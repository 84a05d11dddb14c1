/** Writes the manifest of a package: a pure function of waybill.yaml and the files. */
import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import type { Annotations, Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { annotationKeys, IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { bundleTitle } from '../layers.ts';
import { type Component, layerMediaType, MODEL_CONFIG, MODEL_MANIFEST, modelAnnotations } from '../media-types.ts';
import { SUMS_FILE } from '../sums.ts';
import type { WaybillFile } from '../waybill-file/schema.ts';
import { buildConfig, licencesOf } from './config.ts';

export interface BuiltLayer {
  readonly component: Component;
  /** The file, or undefined for a bundle. */
  readonly path?: string;
  readonly isExecutable?: boolean;
  readonly digest: Digest;
  readonly size: number;
}

export interface BuiltArtifact {
  readonly config: string;
  /** The manifest once the configuration's descriptor is known. */
  manifest(config: Descriptor): string;
}

/** Mode bits that travel: everything else of a mode belongs to the machine it was packed on. */
export const modeOf = (isExecutable: boolean): number => (isExecutable ? 0o755 : 0o644);

/** What a package says of itself, apart from its layers. */
export interface Statement {
  /** @param diffIds in the order of the layers */
  config(diffIds: readonly Digest[]): JsonValue;
  readonly annotations: Annotations;
}

export function buildArtifact(file: WaybillFile, layers: readonly BuiltLayer[], setDigest: Digest): BuiltArtifact {
  return buildFrom(statementOf(file), layers, setDigest);
}

export function buildFrom(statement: Statement, layers: readonly BuiltLayer[], setDigest: Digest): BuiltArtifact {
  return {
    // Layers are never compressed, so a diffId is its layer's digest.
    config: canonicalJson(statement.config(layers.map(({ digest }) => digest))),
    manifest: ({ digest, size }) =>
      canonicalJson({
        schemaVersion: 2,
        mediaType: IMAGE_MANIFEST,
        artifactType: MODEL_MANIFEST,
        config: { mediaType: MODEL_CONFIG, digest, size },
        layers: layers.map((layer) => ({
          mediaType: layerMediaType({ component: layer.component, form: layer.path === undefined ? 'tar' : 'raw' }),
          digest: layer.digest,
          size: layer.size,
          annotations: layerAnnotations(layer),
        })),
        annotations: { ...statement.annotations, [modelAnnotations.setDigest]: setDigest },
      }),
  };
}

/** What a waybill.yaml says. */
function statementOf(file: WaybillFile): Statement {
  const licences = licencesOf(file.licenses ?? {});
  return {
    config: (diffIds) => buildConfig(file, diffIds),
    annotations: manifestAnnotations({
      title: file.name,
      version: file.version,
      description: file.summary,
      licences,
    }),
  };
}

export function manifestAnnotations({
  title,
  version,
  description,
  licences,
}: {
  title: string | undefined;
  version: string | undefined;
  description: string | undefined;
  licences: readonly string[];
}): Annotations {
  return {
    ...(title === undefined ? {} : { [annotationKeys.title]: title }),
    ...(version === undefined ? {} : { [annotationKeys.version]: version }),
    ...(description === undefined ? {} : { [annotationKeys.description]: description }),
    ...(licences.length === 0 ? {} : { [annotationKeys.licenses]: joinLicences(licences) }),
  };
}

/** Puts SHA256SUMS among the docs, by its path; a bundle stays the last of its group. */
export function withSums<Item extends { readonly component: Component; readonly path?: string | undefined }>(
  layers: readonly Item[],
  sums: Item,
): readonly Item[] {
  const isBefore = (layer: Item) => {
    if (layer.component !== 'docs') return layer.component !== 'data';
    return layer.path !== undefined && Buffer.compare(Buffer.from(layer.path), Buffer.from(SUMS_FILE)) < 0;
  };
  const at = layers.findIndex((layer) => !isBefore(layer));
  return at < 0 ? [...layers, sums] : [...layers.slice(0, at), sums, ...layers.slice(at)];
}

/** Both names, so that every tool restores the same file (model-spec issue 58). */
function layerAnnotations({ component, path, isExecutable = false, size }: BuiltLayer): Annotations {
  if (path === undefined) {
    return {
      [modelAnnotations.filepath]: '.',
      [modelAnnotations.fileMetadata]: fileMetadata({ name: '.', mode: 0o755, size: 0, typeflag: 5 }),
      [annotationKeys.title]: bundleTitle(component),
    };
  }
  return fileAnnotations({ path, isExecutable, size });
}

/** The name and metadata of a layer that is a file, as ModelPack, kit and Docker Model Runner read them. */
export function fileAnnotations({
  path,
  isExecutable,
  size,
}: {
  readonly path: string;
  readonly isExecutable: boolean;
  readonly size: number;
}): Annotations {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    [modelAnnotations.filepath]: path,
    [modelAnnotations.fileMetadata]: fileMetadata({ name, mode: modeOf(isExecutable), size, typeflag: 0 }),
    [annotationKeys.title]: path,
  };
}

/** In the member order of ModelPack's Go struct, so that other tools' bytes can be the same. */
function fileMetadata({
  name,
  mode,
  size,
  typeflag,
}: {
  name: string;
  mode: number;
  size: number;
  typeflag: number;
}): string {
  return JSON.stringify({ name, mode, uid: 0, gid: 0, size, mtime: '1970-01-01T00:00:00Z', typeflag });
}

function joinLicences(licences: readonly string[]): string {
  return licences.length === 1
    ? licences.join()
    : licences.map((licence) => (/\s/.test(licence) ? `(${licence})` : licence)).join(' AND ');
}
