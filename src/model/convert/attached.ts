/**
 * What is attached to a package that is converted. A statement about the old manifest says nothing of
 * the new one. A signature over the files holds as long as the files are the same: it is attached anew.
 */
import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { silent } from '../../base/progress.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { childrenOf, MAX_MANIFEST_SIZE, parseManifest } from '../../oci/manifest.ts';
import { moveBlobs } from '../../oci/move-blobs.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { pushBytes, readContent } from '../../oci/verified.ts';
import { asRecord } from '../dialect-parts/facts.ts';

/** OpenSSF Model Signing 1.0: over the files, not over the artifact. */
const MODEL_SIGNATURE = 'https://model_signing/signature/v1.0';
/** As cosign 3 says what a bundle is about. */
const PREDICATE_TYPE = 'dev.sigstore.bundle.predicateType';

/** As for a copy: beyond, the answer would be silently incomplete. */
const MAX_ATTACHED = 1_000;

export interface Attached {
  readonly digest: Digest;
  readonly artifactType: string | undefined;
  readonly kept: boolean;
  /** Why it was kept or dropped. */
  readonly reason: string;
}

export interface Reattachment {
  readonly from: ArtifactStore;
  readonly to: ArtifactStore;
  readonly before: Descriptor;
  readonly after: Descriptor;
  /** Whether both restore the same files with the same bytes. */
  readonly hasSameFiles: boolean;
}

export async function reattach(change: Reattachment): Promise<readonly Attached[]> {
  const found: Attached[] = [];
  const referrers = await change.from.referrers(change.before);
  if (referrers.length > MAX_ATTACHED)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot convert ${change.before.digest}: it has more than ${MAX_ATTACHED} referrers`,
    );
  for (const referrer of referrers) {
    const { digest, artifactType, annotations } = referrer;
    const isOverFiles = annotations?.[PREDICATE_TYPE] === MODEL_SIGNATURE;
    const kept = isOverFiles && change.hasSameFiles;
    if (kept) await attachAnew(referrer, change);
    const reason = isOverFiles
      ? `it is a signature over the files, and they are ${change.hasSameFiles ? 'the same' : 'not the same'}`
      : 'it is about the manifest that was converted';
    found.push({ digest, artifactType, kept, reason });
  }
  return found;
}

/** The same content under a manifest with another subject. */
async function attachAnew(referrer: Descriptor, { from, to, after }: Reattachment): Promise<void> {
  const bytes = await readContent(from, referrer, MAX_MANIFEST_SIZE, `manifest ${referrer.digest}`);
  const children = childrenOf(parseManifest(bytes, referrer.mediaType));
  const missing: Descriptor[] = [];
  for (const child of children) if ((await to.stat(child))?.size !== child.size) missing.push(child);
  await moveBlobs(from, to, missing, { progress: silent, signal: undefined, label: 'Copying' });
  const { mediaType, digest, size } = after;
  const document = { ...asRecord(parseStrictJson(bytes, 'manifest')), subject: { mediaType, digest, size } };
  await to.attach(await pushBytes(to, referrer.mediaType, Buffer.from(canonicalJson(document as JsonValue))));
}
