/** Who signed a statement, as far as the policy knows: a key or an identity of it, and nobody else. */
import { WaybillError } from '../../base/errors.ts';
import { attempt } from '../attempt.ts';
import type { Attestation } from '../attestations/attestation.ts';
import { isSignedBy, materialOf } from '../attestations/signed-by.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { Holder, Policy, PolicyIdentity } from '../policy/policy.ts';
import { verifyCertificateChain } from '../x509/verify-chain.ts';
import { type Refusal, refusal } from './refusal.ts';

export interface Speaker {
  readonly holder: Holder;
  /** Of the key itself; of an identity, the key in its certificate. */
  readonly keyId: string;
  /** Of an identity: the name in its certificate. Its key may be another one each time. */
  readonly identity?: string;
}

/**
 * A hint selects a key of the policy, and never adds one. Where it names none (cosign writes it in
 * another way) every key of the policy is tried.
 * @param at when it was signed, as far as that is proved; else now
 */
export function speakerOf(attestation: Attestation, policy: Policy, at: number): Speaker | Refusal {
  const material = materialOf(attestation);
  if (material?.kind === 'certificates') return speakerByChain(attestation, { chain: material.chain, policy, at });
  const hinted = policy.keys.filter(({ publicKey }) => publicKey.id === material?.hint);
  const candidates = hinted.length > 0 ? hinted : policy.keys;
  const key = candidates.find(({ publicKey }) => isSignedBy(attestation, publicKey));
  if (key !== undefined) return { holder: key, keyId: key.publicKey.id };
  const [named] = hinted;
  return named === undefined
    ? refusal('unknown-key', 'no key of the policy signed it')
    : refusal('bad-signature', `it names the key ${named.id}, and its signature is not one of it`);
}

interface Chain {
  readonly chain: readonly Uint8Array[];
  readonly policy: Policy;
  readonly at: number;
}

function speakerByChain(attestation: Attestation, { chain, policy, at }: Chain): Speaker | Refusal {
  let why = 'no identity of the policy signed it';
  for (const identity of policy.identities) {
    const key = keyOf(chain, identity, at);
    if (key instanceof WaybillError) {
      why = `${why}; ${identity.id}: ${key.message}`;
      continue;
    }
    if (!policy.algorithms.has(key.algorithm.id))
      return refusal('unknown-key', `its key is ${key.algorithm.name}, which the policy does not allow`);
    return isSignedBy(attestation, key)
      ? { holder: identity, keyId: key.id, identity: identity.san }
      : refusal(
          'bad-signature',
          `it carries the certificate of ${identity.id}, and its signature is not one of its key`,
        );
  }
  return refusal('unknown-key', why);
}

function keyOf(chain: readonly Uint8Array[], { roots, san }: PolicyIdentity, at: number): PublicKey | WaybillError {
  return attempt(() => verifyCertificateChain(chain, { roots, identity: san, at: new Date(at) }));
}
