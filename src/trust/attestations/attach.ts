/** Attaches content to an artifact as a referrer with one layer, as cosign 3 does: its "Bundle Specification". */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Annotations, Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { IMAGE_MANIFEST } from '../../oci/media-types.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { pushBytes } from '../../oci/verified.ts';
import { BUNDLE_MEDIA_TYPE } from '../bundle/bundle.ts';
import { attestationKeys, EMPTY_CONFIG, PROOF_TYPE } from './media-types.ts';

/**
 * Attaches a signed statement.
 * @param predicateType is repeated in an annotation, so that a list of referrers says it
 * @returns the referrer
 */
export function attach(
  store: ArtifactStore,
  subject: Descriptor,
  bundle: Uint8Array,
  predicateType: string,
  createdAt: Date,
): Promise<Descriptor> {
  return attachLayer(store, subject, {
    mediaType: BUNDLE_MEDIA_TYPE,
    content: bundle,
    annotations: {
      // Go's time.RFC3339, as cosign writes it: without fractions of a second.
      [attestationKeys.created]: createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      [attestationKeys.content]: 'dsse-envelope',
      [attestationKeys.predicateType]: predicateType,
    },
  });
}

/**
 * Attaches the proof that a log holds the entry of a bundle. Attached again, it is the same referrer.
 * @param bundle for which one it is; a hint, the proof itself says it
 */
export function attachProof(
  store: ArtifactStore,
  subject: Descriptor,
  proof: Uint8Array,
  bundle: Digest,
): Promise<Descriptor> {
  return attachLayer(store, subject, {
    mediaType: PROOF_TYPE,
    content: proof,
    annotations: { [attestationKeys.provenBundle]: bundle },
  });
}

interface Layer {
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly annotations: Annotations;
}

async function attachLayer(
  store: ArtifactStore,
  subject: Descriptor,
  { mediaType, content, annotations }: Layer,
): Promise<Descriptor> {
  const config = await pushBytes(store, EMPTY_CONFIG, Buffer.from('{}'));
  const layer = await pushBytes(store, mediaType, content);
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: mediaType,
    config: plain(config),
    layers: [plain(layer)],
    subject: plain(subject),
    annotations,
  });
  const referrer = await pushBytes(store, IMAGE_MANIFEST, Buffer.from(manifest));
  await store.attach(referrer);
  return { ...referrer, artifactType: mediaType, annotations };
}

function plain({ mediaType, digest, size }: Descriptor) {
  return { mediaType, digest, size };
}
