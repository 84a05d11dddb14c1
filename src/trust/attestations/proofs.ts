/** Proofs that a log holds an entry, as they are attached to an artifact: read, not verified. */
import type { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { readAttached } from './attached.ts';
import { attestationKeys, PROOF_TYPE } from './media-types.ts';

/** 63 hashes have 3 KB; the rest are signatures of witnesses under the checkpoint, of some 100 bytes to 3 KB each. */
const MAX_PROOF_SIZE = 1024 * 1024;

export interface AttachedProof {
  readonly referrer: Descriptor;
  /** The bundle that it is said to be about. */
  readonly bundle: Digest | undefined;
  /** Its bytes, or why there are none. */
  readonly content: Buffer | WaybillError;
}

/** @throws WaybillError TRUST_UNDECIDED when there are too many, and as the store cannot be read */
export async function readProofs(store: ArtifactStore, subject: Descriptor): Promise<readonly AttachedProof[]> {
  const attached = await readAttached(store, subject, {
    isWanted: (mediaType) => mediaType === PROOF_TYPE,
    limit: MAX_PROOF_SIZE,
    what: 'log proof',
  });
  return attached.map(({ annotations, ...proof }) => {
    const bundle = annotations[attestationKeys.provenBundle];
    return { ...proof, bundle: isDigest(bundle) ? bundle : undefined };
  });
}
