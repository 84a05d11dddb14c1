/** Verifies a proof with nothing but the file, the entry and the keys: C2SP tlog-proof, "Verifying a tlog proof". */
import { WaybillError } from '../../../base/errors.ts';
import { type Checkpoint, type LogIdentity, openCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../merkle/hashes.ts';
import { isIncluded } from '../merkle/verify.ts';
import { parseVerifierKey } from '../note/keys.ts';
import type { Cosignature } from '../note/verify.ts';
import { parseProof } from './proof.ts';

/** Whom to believe, as the policy says it. */
export interface TrustedLog {
  readonly origin: string;
  /** The verifier key of the log. */
  readonly vkey: string;
  /** The verifier keys of witnesses. */
  readonly witnesses?: readonly string[];
}

export interface VerifiedProof {
  readonly index: number;
  readonly size: number;
  readonly root: Buffer;
  readonly checkpoint: Checkpoint;
  /** Which witnesses have seen the checkpoint, and when by their clocks. How many are enough is for the policy to say. */
  readonly cosignedAt: readonly Cosignature[];
}

/** @throws WaybillError KEY_INVALID for what is no key, one of another kind, or one that stands for two */
export function logIdentity({ origin, vkey, witnesses = [] }: TrustedLog): LogIdentity {
  const identity = { origin, key: parseVerifierKey(vkey), witnesses: witnesses.map(parseVerifierKey) };
  const refuse = (found: string) => new WaybillError('KEY_INVALID', `Cannot use the keys for ${origin}: ${found}`);
  if (identity.key.kind !== 'note' || identity.witnesses.some(({ kind }) => kind !== 'cosignature'))
    throw refuse('a key of a witness stands for a log, or the other way round');
  // Cosignatures do not say whose they are: one key under two names would count twice, and a log could be its own witness.
  const ids = [identity.key, ...identity.witnesses].map(({ publicKey }) => publicKey.id);
  if (new Set(ids).size < ids.length) throw refuse('two of the log and its witnesses have the same key');
  return identity;
}

/** @throws WaybillError LOG_INVALID with the reason; KEY_INVALID */
export function verifyProof(proof: Uint8Array, entry: Uint8Array, log: TrustedLog): VerifiedProof {
  return verifyProofOf(proof, entry, logIdentity(log));
}

/** The same with keys that have been read. @throws WaybillError LOG_INVALID with the reason */
export function verifyProofOf(proof: Uint8Array, entry: Uint8Array, log: LogIdentity): VerifiedProof {
  const { index, hashes, checkpoint: note } = parseProof(proof);
  const checkpoint = openCheckpoint(note, log);
  if (!isIncluded({ index, leaf: leafHash(entry), proof: hashes }, checkpoint))
    throw new WaybillError(
      'LOG_INVALID',
      `Cannot believe the proof: the entry is not at index ${index} of ${log.origin} at size ${checkpoint.size}`,
    );
  const { size, root, cosignatures } = checkpoint;
  return { index, size, root, checkpoint, cosignedAt: cosignatures };
}
