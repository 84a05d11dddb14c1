/** Whether a list takes back a statement, through its key or by itself, or a package. */
import type { Digest } from '../../oci/digest.ts';
import { type Refusal, refusal } from '../verify/refusal.ts';
import type { Revocation, RevocationList } from './list.ts';

export interface Spoken {
  readonly keyId: string;
  /** The digest of the bundle. */
  readonly statement: Digest;
  /** When witnesses of a log had seen it. What it says of its own time is not asked: a thief would say yesterday. */
  readonly seenAt: number | undefined;
}

export function revocationOf(
  list: RevocationList | undefined,
  { keyId, statement, seenAt }: Spoken,
): Refusal | undefined {
  for (const entry of list?.revoked ?? []) {
    if (entry.kind === 'statement' && entry.value === statement)
      return refusal('revoked', `it was revoked${because(entry)}`);
    if (entry.kind !== 'key' || entry.value !== keyId) continue;
    if (entry.since !== undefined && seenAt !== undefined && seenAt < entry.since) continue;
    const since = entry.since === undefined ? '' : ` since ${new Date(entry.since).toISOString()}`;
    return refusal('revoked', `its key is revoked${since}${because(entry)}`);
  }
  return undefined;
}

/** The entry that takes the whole package back, whoever stated what about it. */
export function revocationOfPackage(list: RevocationList | undefined, digest: Digest): Revocation | undefined {
  return list?.revoked.find(({ kind, value }) => kind === 'package' && value === digest);
}

/** The reason in brackets, where there is one. */
export function because({ reason }: Pick<Revocation, 'reason'>): string {
  return reason === undefined ? '' : ` (${reason})`;
}
