/** Enters signed statements into a log, before anybody can see them, and keeps the proofs beside them. */
import { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { attachProof } from '../../trust/attestations/attach.ts';
import { readProofs } from '../../trust/attestations/proofs.ts';
import { logEntry } from '../../trust/log/entry.ts';

/** A log that can be written: `openStatementLog` makes one of a folder. */
export interface StatementLog {
  /** Whether a proof is one of this log for this entry. */
  holds(proof: Uint8Array, entry: Buffer): boolean;
  /** @returns a proof for each, once a signed checkpoint covers all of them */
  enter(entries: readonly Buffer[]): Promise<readonly Buffer[]>;
}

export interface NewProof {
  attach(): Promise<Descriptor>;
}

/**
 * What the log has not yet been told of these statements, it is told.
 * @returns the new proofs, to be attached when the statements are
 * @throws WaybillError as the log does; then nothing must be attached
 */
export async function logStatements(
  store: ArtifactStore,
  subject: Descriptor,
  statements: readonly { readonly digest: Digest; readonly predicateType: string }[],
  log: StatementLog,
): Promise<readonly NewProof[]> {
  const proofs = await readProofs(store, subject);
  const entries = statements.map(({ digest, predicateType }) => ({
    bundle: digest,
    entry: logEntry({ kind: 'attestation', bundle: digest, subject: subject.digest, predicateType }),
  }));
  const missing = entries.filter(
    ({ entry }) => !proofs.some(({ content }) => !(content instanceof WaybillError) && log.holds(content, entry)),
  );
  const made = missing.length === 0 ? [] : await log.enter(missing.map(({ entry }) => entry));
  return missing.flatMap(({ bundle }, index) => {
    const proof = made[index];
    return proof === undefined ? [] : [{ attach: () => attachProof(store, subject, proof, bundle) }];
  });
}
