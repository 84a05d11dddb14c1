/**
 * What an artifact must and should be to follow CNCF ModelPack 0.0.7: one rule for each thing that
 * can be wrong. docs/reference/conformance.md is made from this table.
 */
import type { Finding } from '../../base/finding.ts';

export const SPECIFICATION = 'ModelPack 0.0.7';

export interface ConformanceRule {
  /** An error breaks the specification or makes files that tools cannot restore; a warning is advice not followed. */
  readonly level: 'error' | 'warning';
  /** Where the specification says it. */
  readonly section: string;
  readonly says: string;
}

const spec = 'docs/spec.md';
const config = 'docs/config.md';
const annotations = 'docs/annotations.md';

export const conformanceRules = {
  'modelpack-manifest': { level: 'error', section: spec, says: 'It is an OCI image manifest that can be read.' },
  'modelpack-media-type': {
    level: 'error',
    section: `${spec}, mediaType`,
    says: 'The manifest states `mediaType` `application/vnd.oci.image.manifest.v1+json`.',
  },
  'modelpack-artifact-type': {
    level: 'error',
    section: `${spec}, artifactType`,
    says: 'The manifest states `artifactType` `application/vnd.cncf.model.manifest.v1+json`.',
  },
  'modelpack-config-type': {
    level: 'error',
    section: `${spec}, config`,
    says: 'The configuration has the media type `application/vnd.cncf.model.config.v1+json`.',
  },
  'modelpack-config-schema': {
    level: 'error',
    section: 'schema/config-schema.json',
    says: 'The configuration is valid by the schema of the specification, dates included.',
  },
  'modelpack-diff-id-count': {
    level: 'error',
    section: `${config}, modelfs (not in the schema)`,
    says: 'The configuration states one diffId for each layer.',
  },
  'modelpack-diff-id-syntax': {
    level: 'error',
    section: `${config}, modelfs (not in the schema)`,
    says: 'Every diffId is a digest.',
  },
  'modelpack-diff-id': {
    level: 'error',
    section: `${config}, Layer DiffID`,
    says: "A diffId is the digest of its layer's content without compression, in the order of the layers.",
  },
  'modelpack-layer-type': {
    level: 'error',
    section: `${spec}, layers`,
    says: 'A layer has one of the 20 media types of the specification.',
  },
  'modelpack-layer-type-extra': {
    level: 'warning',
    section: `${spec}, layers`,
    says: 'A layer has a type of Docker Model Runner (`weight.v1.gguf`, `weight.v1.safetensors`) that some tools read.',
  },
  'modelpack-filepath-missing': {
    level: 'warning',
    section: `${annotations}, org.cncf.model.filepath`,
    says: 'A raw layer states its path: without it nobody knows the name of the file.',
  },
  'modelpack-filepath': {
    level: 'error',
    section: `${annotations}, org.cncf.model.filepath`,
    says: 'A path is relative, has no part `..`, no backslash, no drive and no control character.',
  },
  'modelpack-filepath-twice': {
    level: 'error',
    section: `${annotations}, org.cncf.model.filepath`,
    says: 'No two files have one path, and none is a folder of another.',
  },
  'modelpack-filepath-case': {
    level: 'warning',
    section: `${annotations}, org.cncf.model.filepath`,
    says: 'No two paths differ only in case or in the form of their letters.',
  },
  'modelpack-file-metadata': {
    level: 'error',
    section: `${annotations}, org.cncf.model.file.metadata+json`,
    says: 'The file metadata is JSON with the members of the specification and their types.',
  },
  'modelpack-file-metadata-size': {
    level: 'error',
    section: `${annotations}, org.cncf.model.file.metadata+json`,
    says: 'The file metadata of a raw layer states the size of the layer.',
  },
  'modelpack-file-metadata-name': {
    level: 'warning',
    section: `${annotations}, org.cncf.model.file.metadata+json`,
    says: 'The file metadata states the last part of the path as its name.',
  },
  'modelpack-content': {
    level: 'error',
    section: 'OCI image specification, descriptors',
    says: 'The bytes of the configuration and of every layer are there, and are what their digests and sizes say.',
  },
  'modelpack-archive': {
    level: 'error',
    section: `${spec}, guidance on layers`,
    says: 'A tar can be read to its end, holds files and folders only, and all its names are safe.',
  },
  'modelpack-param-size': {
    level: 'warning',
    section: `${config}, paramSize (not in the schema)`,
    says: '`paramSize` is a number, with one digit behind the point at most, and Q, T, B, M or K.',
  },
  'modelpack-precision': {
    level: 'warning',
    section: `${config}, precision (not in the schema)`,
    says: '`precision` names types of the table in the specification, divided by commas.',
  },
  'modelpack-licence': {
    level: 'warning',
    section: `${config}, licenses (not in the schema)`,
    says: 'Every licence is an SPDX licence expression.',
  },
  'modelpack-uri': {
    level: 'warning',
    section: `${config}, docURL, sourceURL, datasetsURL (not in the schema)`,
    says: 'Every URL is an absolute URI.',
  },
} as const satisfies Record<string, ConformanceRule>;

export type ConformanceRuleId = keyof typeof conformanceRules;

export function broken(rule: ConformanceRuleId, message: string, path?: string): Finding {
  return { rule, level: conformanceRules[rule].level, message, ...(path === undefined ? {} : { path }) };
}
