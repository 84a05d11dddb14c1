/** Who signed a bundle, as far as the policy knows: a key or an identity of it, and nobody else. */
import type { Bundle } from '../bundle/bundle.ts';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../dsse/envelope.ts';
import { verifySignature } from '../keys/public-key.ts';
import type { Holder, Policy, PolicyKey } from '../policy/policy.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface Speaker {
  readonly holder: Holder;
  /** Of the key itself; of an identity, the key in its certificate. */
  readonly keyId: string;
}

/**
 * A hint of the bundle selects a key of the policy, and never adds one. Where it names none (cosign
 * writes it in another way) every key of the policy is tried.
 */
export function speakerOf({ material, envelope }: Bundle, policy: Policy): Speaker | Refusal {
  const { payloadType, payload, signature } = envelope;
  if (payloadType !== IN_TOTO_PAYLOAD)
    return refuse('malformed', `it signs ${JSON.stringify(payloadType.slice(0, 100))}, not a statement`);
  const message = preAuthEncoding(payloadType, payload);
  if (material.kind === 'certificates') return refuse('unknown-key', 'no identity of the policy signed it');
  const hinted = policy.keys.filter(({ publicKey }) => publicKey.id === material.hint);
  const candidates = hinted.length > 0 ? hinted : policy.keys;
  const key = candidates.find(({ publicKey }: PolicyKey) => verifySignature(publicKey, message, signature));
  if (key !== undefined) return { holder: key, keyId: key.publicKey.id };
  const [named] = hinted;
  return named === undefined
    ? refuse('unknown-key', 'no key of the policy signed it')
    : refuse('bad-signature', `it names the key ${named.id}, and its signature is not one of it`);
}
