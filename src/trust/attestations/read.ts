/** Reads every statement that is attached to an artifact, in whichever way: all of them, or it says that it could not. */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { MAX_BUNDLE_SIZE, parseBundle } from '../bundle/bundle.ts';
import { type Attached, orProblem, readAttached } from './attached.ts';
import type { Attestation } from './attestation.ts';
import { readLegacy } from './legacy.ts';
import { attestationKeys, BUNDLE_TYPES } from './media-types.ts';
import { withStatement } from './with-statement.ts';

/**
 * Nothing that is returned has been verified. What cannot be read is among it, with the reason.
 * @throws WaybillError TRUST_UNDECIDED when there is too much of it, and as the store cannot be read: not to know is
 *   not to have none
 */
export async function readAttestations(store: ArtifactStore, subject: Descriptor): Promise<readonly Attestation[]> {
  const attached = await readAttached(store, subject, {
    isWanted: (mediaType) => mediaType.startsWith(BUNDLE_TYPES),
    limit: MAX_BUNDLE_SIZE,
    what: 'signature bundle',
  });
  const found: Attestation[] = [];
  for (const one of attached) found.push(await attestationOf(one));
  return [...found, ...(await readLegacy(store, subject))];
}

async function attestationOf({ referrer, annotations, content }: Attached): Promise<Attestation> {
  const common = { referrer, source: 'bundle', hint: annotations[attestationKeys.predicateType] } as const;
  if (content instanceof WaybillError) return { ...common, problem: content };
  const bundle = await orProblem(() => parseBundle(content));
  return { ...common, ...(bundle instanceof WaybillError ? { problem: bundle } : await withStatement(bundle)) };
}
