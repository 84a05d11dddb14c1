/** Who signed a package as its publisher, where nobody was told whom to believe: keys whose signatures hold, no more. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { attempt } from '../attempt.ts';
import type { Attestation } from '../attestations/attestation.ts';
import { isSignedBy } from '../attestations/signed-by.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { type PublicKey, publicKeyOf } from '../keys/public-key.ts';
import { predicateTypes } from '../predicate-types.ts';
import { isAbout } from '../statement/statement.ts';
import { readCertificate } from '../x509/certificate.ts';
import { recoverKey } from './recover-key.ts';

/** To find the key of one takes 50 ms or more; a publisher signs once, or with two keys while they change. */
const MAX_PUBLICATIONS = 32;

export interface Publication {
  readonly attestation: Attestation;
  readonly key: PublicKey;
}

/**
 * The publisher's statements about this package whose signature holds, each with its key. Of an Ed25519
 * key nothing can be told without the key.
 * @throws WaybillError TRUST_UNDECIDED when there are too many to look at
 */
export function publicationsOf(attestations: readonly Attestation[], digest: Digest): readonly Publication[] {
  const claimed = new Map<Digest, Attestation>();
  for (const attestation of attestations) {
    const { bundle, statement } = attestation;
    if (bundle !== undefined && statement?.predicateType === predicateTypes.package && isAbout(statement, digest))
      claimed.set(bundle.digest, attestation);
  }
  if (claimed.size > MAX_PUBLICATIONS)
    throw new WaybillError(
      'TRUST_UNDECIDED',
      `Cannot tell who published ${digest}: more than ${MAX_PUBLICATIONS} statements say so`,
      { hint: 'A trust policy names the one whose word counts: waybill trust init' },
    );
  return [...claimed.values()].flatMap((attestation) => {
    const key = keyOf(attestation.bundle as Bundle);
    return key !== undefined && isSignedBy(attestation, key) ? [{ attestation, key }] : [];
  });
}

function keyOf(bundle: Bundle): PublicKey | undefined {
  const { material } = bundle;
  if (material.kind === 'key') return recoverKey(bundle);
  const [leaf] = material.chain;
  const key = attempt(() => publicKeyOf(readCertificate(leaf as Buffer, 'the certificate').key, 'of the certificate'));
  return key instanceof WaybillError ? undefined : key;
}
