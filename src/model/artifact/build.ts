/** Writes the manifest of a package: a pure function of waybill.yaml and the files. */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Annotations, Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { annotationKeys, IMAGE_MANIFEST } from '../../oci/media-types.ts';
import { bundleTitle } from '../layers.ts';
import { type Component, layerMediaType, MODEL_CONFIG, MODEL_MANIFEST, modelAnnotations } from '../media-types.ts';
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

export function buildArtifact(file: WaybillFile, layers: readonly BuiltLayer[], setDigest: Digest): BuiltArtifact {
  const annotations: Record<string, string> = {
    [annotationKeys.title]: file.name,
    [annotationKeys.version]: file.version,
    [modelAnnotations.setDigest]: setDigest,
  };
  if (file.summary !== undefined) annotations[annotationKeys.description] = file.summary;
  const licences = licencesOf(file.licenses ?? {});
  if (licences.length > 0) annotations[annotationKeys.licenses] = joinLicences(licences);
  return {
    // Layers are never compressed, so a diffId is its layer's digest.
    config: canonicalJson(
      buildConfig(
        file,
        layers.map(({ digest }) => digest),
      ),
    ),
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
        annotations,
      }),
  };
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
