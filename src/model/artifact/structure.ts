/**
 * Reads what an artifact says of itself (manifest, configuration, annotations) by the dialect that
 * it is written in, and holds it to our path rules. No layer is opened.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Index, MAX_MANIFEST_SIZE, type Manifest, parseManifest } from '../../oci/manifest.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import type { Dialect } from '../dialect-parts/dialect.ts';
import { quirkFinding, quirks } from '../dialect-parts/quirks.ts';
import { dialects } from '../dialects/index.ts';
import { MODEL_MANIFEST, modelAnnotations } from '../media-types.ts';
import { SUMS_FILE } from '../sums.ts';
import type { Layer, ModelConfig } from './layer.ts';

export interface Structure {
  readonly manifest: Manifest;
  readonly dialect: Dialect;
  readonly config: ModelConfig;
  readonly layers: readonly Layer[];
  /** Content that becomes no file, and is verified all the same. */
  readonly asides: readonly Descriptor[];
  /** Errors mean that the artifact must not be restored. */
  readonly findings: readonly Finding[];
}

/** A configuration states one diffId of 74 bytes for each layer, and little else. */
export const MAX_CONFIG_SIZE: number = 8 * 1024 * 1024;

/**
 * @throws WaybillError DIGEST_INVALID, SIZE_INVALID, MANIFEST_INVALID, BLOB_UNKNOWN when manifest or
 *   configuration cannot be read; UNSUPPORTED for an artifact that is written in no dialect we know
 */
export async function readStructure(store: Store, target: Descriptor): Promise<Structure> {
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  const manifest = parseManifest(bytes, target.mediaType);
  if (manifest.kind !== 'manifest') throw notAModel(target, manifest);
  const dialect = dialects.find((candidate: Dialect) => candidate.detects(manifest));
  if (dialect === undefined) throw notAModel(target, manifest);
  const config = await readContent(store, manifest.config, MAX_CONFIG_SIZE, `configuration ${manifest.config.digest}`);
  const reading = dialect.read({ manifest, config });
  return {
    manifest,
    dialect,
    config: reading.config,
    layers: reading.layers,
    asides: reading.asides ?? [],
    findings: [
      ...(manifest.statesMediaType ? [] : [quirkFinding(quirks.noMediaType)]),
      ...reading.findings,
      ...checkSetDigest(manifest, reading.layers),
    ],
  };
}

/** What it is instead: its artifactType, or the type of its configuration, which stands in for an absent one. */
function notAModel({ digest }: Descriptor, manifest: Manifest | Index): WaybillError {
  const configType = manifest.kind === 'manifest' ? manifest.config.mediaType : undefined;
  const type = manifest.artifactType ?? configType ?? manifest.mediaType;
  const found =
    manifest.artifactType === undefined
      ? `it states no artifactType, its ${configType === undefined ? 'own type' : 'configuration'} is ${type}`
      : `its artifactType is ${type}`;
  return new WaybillError('UNSUPPORTED', `Cannot read ${digest}: it is no model of a kind that we know, ${found}`, {
    expected: MODEL_MANIFEST,
    found: type,
    hint: 'docs/reference/dialects.md lists the kinds',
  });
}

/** Whoever states a set digest promises the list of which it is the digest. */
function checkSetDigest({ annotations }: Manifest, layers: readonly Layer[]): readonly Finding[] {
  const stated = annotations[modelAnnotations.setDigest];
  const sums = layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE)?.descriptor.digest;
  if (stated === undefined || stated === sums) return [];
  const message =
    sums === undefined
      ? `The manifest states a set digest, but no layer is ${SUMS_FILE}`
      : `The manifest states the set digest ${stated}, the layer is ${sums}`;
  return [{ rule: 'set-digest', level: 'error', path: SUMS_FILE, message }];
}

/** Turns the first error of a structure into a failure, for whoever must not go on. */
export function assertRestorable({ findings }: Pick<Structure, 'findings'>, what: string): void {
  const [first, ...more] = findings.filter(({ level }) => level === 'error');
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more: waybill verify shows all)`;
  const code = first.rule.startsWith('path') ? 'ARCHIVE_UNSAFE' : 'MANIFEST_INVALID';
  throw new WaybillError(code, `Cannot restore ${what}: ${first.message}${others}`);
}
