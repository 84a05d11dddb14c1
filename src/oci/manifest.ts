/** Image manifests and indexes: OCI image specification, "Image Manifest" and "Image Index". */
import { WaybillError } from '../base/errors.ts';
import { parseStrictJson } from '../base/strict-json.ts';
import {
  type Annotations,
  asObject,
  type Descriptor,
  invalid,
  parseAnnotations,
  parseDescriptor,
} from './descriptor.ts';
import { DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST } from './media-types.ts';

/** Registries refuse larger manifests; distribution specification, "Pushing Manifests". */
export const MAX_MANIFEST_SIZE = 4 * 1024 * 1024;

/** A layer costs about 460 bytes of manifest, so 4 MiB hold no more than about 9,000. */
const MAX_LAYERS = 10_000;

export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: typeof IMAGE_MANIFEST | typeof DOCKER_MANIFEST;
  /** Whether the document states its own type; kit before 1.15 left it out. */
  readonly statesMediaType: boolean;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Annotations;
}

export interface Index {
  readonly kind: 'index';
  readonly mediaType: typeof IMAGE_INDEX;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Annotations;
}

const MANIFEST_FIELDS = ['schemaVersion', 'mediaType', 'artifactType', 'config', 'layers', 'subject', 'annotations'];
const INDEX_FIELDS = ['schemaVersion', 'mediaType', 'artifactType', 'manifests', 'subject', 'annotations'];

/**
 * Reads a manifest or an index. What could be taken for both is refused (CVE-2021-41190).
 * @param mediaType the type by which it was found (descriptor or header); must agree with its own
 * @throws WaybillError MANIFEST_INVALID, DIGEST_INVALID, LIMIT_EXCEEDED
 */
export function parseManifest(bytes: Uint8Array, mediaType?: string): Manifest | Index {
  if (bytes.length > MAX_MANIFEST_SIZE) {
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read manifest: it has ${bytes.length} bytes, the limit is ${MAX_MANIFEST_SIZE}`,
    );
  }
  const value = parseStrictJson(bytes, 'manifest');
  const object = asObject(value, 'manifest', [...new Set([...MANIFEST_FIELDS, ...INDEX_FIELDS])]);
  const stated = object['mediaType'];
  if (stated !== undefined && mediaType !== undefined && stated !== mediaType) {
    throw invalid(
      'manifest',
      `its mediaType is ${JSON.stringify(stated)}, it was found as ${JSON.stringify(mediaType)}`,
    );
  }
  if (object['schemaVersion'] !== 2) throw invalid('manifest', 'schemaVersion is not 2');
  if ('manifests' in object && ('layers' in object || 'config' in object)) {
    throw invalid('manifest', 'it could be read as a manifest and as an index');
  }
  const type = stated ?? mediaType ?? ('manifests' in object ? IMAGE_INDEX : IMAGE_MANIFEST);
  const subject = object['subject'] === undefined ? undefined : parseDescriptor(object['subject'], 'manifest, subject');
  const artifactType = object['artifactType'];
  if (artifactType !== undefined && typeof artifactType !== 'string')
    throw invalid('manifest', 'artifactType is not text');
  const common = {
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(subject === undefined ? {} : { subject }),
    annotations: object['annotations'] === undefined ? {} : parseAnnotations(object['annotations'], 'manifest'),
  };
  if (type === IMAGE_INDEX) {
    return { kind: 'index', mediaType: IMAGE_INDEX, ...common, manifests: parseList(object['manifests'], 'manifests') };
  }
  if (type === IMAGE_MANIFEST || type === DOCKER_MANIFEST) {
    return {
      kind: 'manifest',
      mediaType: type,
      statesMediaType: stated !== undefined,
      ...common,
      config: parseDescriptor(object['config'], 'manifest, config'),
      layers: parseList(object['layers'], 'layers'),
    };
  }
  throw new WaybillError(
    'UNSUPPORTED',
    `Cannot read manifest: its type is ${JSON.stringify(type)}, neither an OCI image manifest nor an index`,
  );
}

function parseList(value: unknown, member: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid('manifest', `${member} is not a list`);
  if (value.length > MAX_LAYERS) {
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read manifest: ${member} has ${value.length} entries, the limit is ${MAX_LAYERS}`,
    );
  }
  return value.map((item, index) => parseDescriptor(item, `manifest, ${member}[${index}]`));
}

/** All content that a manifest or index names directly, its subject excepted. */
export function childrenOf(manifest: Manifest | Index): readonly Descriptor[] {
  return manifest.kind === 'index' ? manifest.manifests : [manifest.config, ...manifest.layers];
}

/** Whether content of this type names other content. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === IMAGE_MANIFEST || mediaType === IMAGE_INDEX || mediaType === DOCKER_MANIFEST;
}
