/** What the attached proofs show: which statements are in which logs of the policy, and since when at the latest. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { attempt } from '../attempt.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { AttachedProof } from '../attestations/proofs.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { logEntry } from '../log/entry.ts';
import { verifyProof } from '../log/proof/verify.ts';
import type { PolicyLog } from '../policy/policy.ts';
import type { LogPresence } from './evidence.ts';

export interface Proved {
  /** By the digest of the bundle. */
  readonly logged: ReadonlyMap<Digest, readonly LogPresence[]>;
  /** Checkpoints that a proof ends in: each is to be held to what was seen of its log before. */
  readonly checkpoints: readonly Checkpoint[];
}

export interface Attached {
  /** The digest of the manifest. */
  readonly subject: Digest;
  readonly attestations: readonly Attestation[];
  readonly proofs: readonly AttachedProof[];
}

/** A proof that cannot be read or believed proves nothing; it is never a reason to believe less. */
export function proveLogged(logs: readonly PolicyLog[], { subject, attestations, proofs }: Attached): Proved {
  const logged = new Map<Digest, readonly LogPresence[]>();
  const checkpoints: Checkpoint[] = [];
  for (const { bundle, statement } of attestations) {
    // The same again proves nothing more, however often it is attached.
    if (bundle === undefined || statement === undefined || logged.has(bundle.digest)) continue;
    const { predicateType } = statement;
    const entry = logEntry({ kind: 'attestation', bundle: bundle.digest, subject, predicateType });
    const mine = proofs.filter((proof) => proof.bundle === bundle.digest);
    const found = logs.map((log) => presenceIn(log, entry, mine, checkpoints));
    logged.set(
      bundle.digest,
      found.filter((presence) => presence !== undefined),
    );
  }
  return { logged, checkpoints };
}

function presenceIn(
  log: PolicyLog,
  entry: Buffer,
  proofs: readonly AttachedProof[],
  checkpoints: Checkpoint[],
): LogPresence | undefined {
  const { origin, vkey, witnesses } = log;
  const seen: (number | undefined)[] = [];
  for (const { content } of proofs) {
    if (content instanceof WaybillError) continue;
    const proof = attempt(() => verifyProof(content, entry, { origin, vkey, witnesses: witnesses.vkeys }));
    if (proof instanceof WaybillError || proof.cosignedAt.length < witnesses.quorum) continue;
    checkpoints.push(proof.checkpoint);
    // As many as the quorum had seen it by then: fewer could lie about the time.
    const times = proof.cosignedAt.map(({ time }) => time * 1000).sort((a, b) => a - b);
    seen.push(witnesses.quorum === 0 ? undefined : times[witnesses.quorum - 1]);
  }
  if (seen.length === 0) return undefined;
  const [seenAt] = seen.filter((time) => time !== undefined).sort((a, b) => a - b);
  return { origin, seenAt };
}
