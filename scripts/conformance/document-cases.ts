/** What breaks the rules of the manifest and of the configuration. */
import { sha256 } from './artifact.ts';
import {
  archive,
  type ConformanceCase,
  case_,
  diffIds,
  files,
  type Json,
  section,
  withConfig,
  withManifest,
  without,
} from './case.ts';
import { gzip } from './pack.ts';

export const documentCases: readonly ConformanceCase[] = [
  withManifest(
    'manifest-no-media-type',
    'The manifest does not state its mediaType (kit before 1.15).',
    without('mediaType'),
    ['modelpack-media-type'],
  ),
  withManifest(
    'manifest-docker-type',
    "The manifest is of Docker's type.",
    (manifest) => ({ ...manifest, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' }),
    ['modelpack-media-type'],
  ),
  withManifest(
    'manifest-is-index',
    'The artifact is an index.',
    () => ({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] }),
    ['modelpack-manifest'],
  ),
  withManifest(
    'manifest-two-ways',
    'The manifest could be read as an index, too.',
    (manifest) => ({ ...manifest, manifests: [] }),
    ['modelpack-manifest'],
  ),
  withManifest('manifest-not-json', 'The manifest is cut off.', (manifest) => JSON.stringify(manifest).slice(0, -1), [
    'modelpack-manifest',
  ]),
  withManifest(
    'manifest-doubled-member',
    'The manifest has a member twice: readers see different layers.',
    (manifest) => JSON.stringify(manifest).replace('"layers":', '"layers":[],"layers":'),
    ['modelpack-manifest'],
  ),
  withManifest('artifact-type-absent', 'No artifactType.', without('artifactType'), ['modelpack-artifact-type']),
  withManifest(
    'artifact-type-old',
    'The artifactType from before the specification got its name.',
    (manifest) => ({ ...manifest, artifactType: 'application/vnd.cnai.model.manifest.v1+json' }),
    ['modelpack-artifact-type'],
  ),
  withManifest(
    'config-type-other',
    'The configuration is typed as that of an image.',
    (manifest) => ({
      ...manifest,
      config: { ...(manifest['config'] as Json), mediaType: 'application/vnd.oci.image.config.v1+json' },
    }),
    ['modelpack-config-type'],
  ),

  withConfig('config-empty', 'The configuration is {} (AIKit).', () => ({}), ['modelpack-config-schema']),
  withConfig('config-not-json', 'The configuration is not JSON.', () => '{"descriptor":', ['modelpack-config-schema']),
  withConfig(
    'config-unknown-member',
    'A member that the schema does not know.',
    (config) => ({ ...config, provenance: {} }),
    ['modelpack-config-schema'],
  ),
  withConfig(
    'config-date',
    'createdAt is no date of RFC 3339: a validator that ignores formats lets it pass.',
    section('descriptor', { createdAt: '2026/01/01' }),
    ['modelpack-config-schema'],
  ),
  withConfig('config-number', 'paramSize is a number.', section('config', { paramSize: 8_000_000_000 }), [
    'modelpack-config-schema',
  ]),
  withConfig(
    'config-language',
    'A language of three letters.',
    section('config', { capabilities: { languages: ['eng'] } }),
    ['modelpack-config-schema'],
  ),
  withConfig(
    'config-no-diff-ids',
    'An empty list of diffIds.',
    diffIds(() => []),
    ['modelpack-config-schema', 'modelpack-diff-id-count'],
  ),
  withConfig(
    'diff-ids-too-few',
    'Two diffIds for three layers.',
    diffIds((ids) => ids.slice(1)),
    ['modelpack-diff-id', 'modelpack-diff-id-count'],
  ),
  withConfig(
    'diff-ids-too-many',
    'Four diffIds for three layers.',
    diffIds((ids) => [...ids, ids[0]]),
    ['modelpack-diff-id-count'],
  ),
  withConfig(
    'diff-ids-order',
    'The diffIds are in another order than the layers.',
    diffIds((ids) => ids.toReversed()),
    ['modelpack-diff-id'],
  ),
  withConfig(
    'diff-id-syntax',
    'A diffId that is no digest: the schema lets it pass.',
    diffIds(([, ...ids]) => ['sha256:abc', ...ids]),
    ['modelpack-diff-id-syntax'],
  ),
  withConfig(
    'diff-id-of-text',
    'Every diffId is the digest of the text of a digest (kit before 1.15).',
    diffIds((ids) => ids.map((id) => sha256(Buffer.from(String(id))))),
    ['modelpack-diff-id'],
  ),
  case_(
    'diff-id-of-gzip',
    'The diffId of a tar with gzip is that of the compressed bytes.',
    [archive('tar+gzip', gzip(files))],
    ['modelpack-diff-id'],
  ),
  withConfig(
    'param-size',
    'paramSize without a letter: the schema lets it pass.',
    section('config', { paramSize: '4' }),
    ['modelpack-param-size'],
  ),
  withConfig(
    'param-size-digits',
    'paramSize with two digits behind the point.',
    section('config', { paramSize: '6.75B' }),
    ['modelpack-param-size'],
  ),
  withConfig(
    'precision',
    'precision with a short name that is not in the table.',
    section('config', { precision: 'bf16' }),
    ['modelpack-precision'],
  ),
  withConfig('licence', 'A licence that is no SPDX expression.', section('descriptor', { licenses: ['Apache 2'] }), [
    'modelpack-licence',
  ]),
  withConfig('uri', 'A docURL that is no absolute URI.', section('descriptor', { docURL: 'example.com/docs' }), [
    'modelpack-uri',
  ]),
];
