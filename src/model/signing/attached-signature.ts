/** The model signature of a package, taken out of what is attached to it: to be laid beside its files. */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import type { Attestation } from '../../trust/attestations/attestation.ts';
import { readAttestations } from '../../trust/attestations/read.ts';
import { isSignedBy } from '../../trust/attestations/signed-by.ts';
import type { Bundle } from '../../trust/bundle/bundle.ts';
import type { PublicKey } from '../../trust/keys/public-key.ts';
import { compareResources } from '../../trust/oms/compare.ts';
import { readModelSignature } from '../../trust/oms/read.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import { readFiles } from '../artifact/read-files.ts';
import { readStructure } from '../artifact/structure.ts';

/**
 * The one signature that is over exactly the files of the package.
 * @param key whose it must be; whosoever if absent, as long as there is but one
 * @throws WaybillError SIGNATURE_INVALID when there is none, USAGE when there are several
 */
export async function attachedSignature(
  store: ArtifactStore,
  target: Descriptor,
  key: PublicKey | undefined,
): Promise<Bundle> {
  const attestations = await readAttestations(store, target);
  const packed = await readFiles(store, await readStructure(store, target));
  const files = new Map(packed.map(({ path, digest }) => [path, digest]));
  const fitting = attestations
    .filter((attestation) => key === undefined || isSignedBy(attestation, key))
    .flatMap((attestation) => (isOver(attestation, files) && attestation.bundle ? [attestation.bundle] : []));
  const [only, ...others] = fitting;
  if (only === undefined)
    throw new WaybillError(
      'SIGNATURE_INVALID',
      `Cannot take the signature out of ${target.digest}: no model signature ${key === undefined ? '' : 'of this key '}over its files is attached to it`,
      { hint: 'waybill attestations REF shows what is; waybill sign REF signs it' },
    );
  if (others.length > 0 && key === undefined)
    throw new WaybillError(
      'USAGE',
      `Cannot take the signature out of ${target.digest}: ${fitting.length} are attached to it`,
      { hint: 'Say whose with --key FILE' },
    );
  return only;
}

function isOver({ source, bundle, statement }: Attestation, files: ReadonlyMap<string, Digest>): boolean {
  if (source !== 'bundle' || bundle === undefined || statement?.predicateType !== predicateTypes.modelSignature)
    return false;
  try {
    // What signatures leave out is covered by the package itself.
    return compareResources(readModelSignature(bundle), files, files).length === 0;
  } catch (error) {
    if (error instanceof WaybillError) return false;
    throw error;
  }
}
