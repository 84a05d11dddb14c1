/** Whether a revocation list is the newest there is: fresh by its own time, and not behind what was seen before. */
import { WaybillError } from '../../base/errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { CLOCK_SKEW } from '../clock-skew.ts';
import type { SignedRevocationList } from './list.ts';

/** The newest list that was seen of a key. */
export type SeenList = {
  readonly serial: number;
  readonly digest: Digest;
};

export interface Expectation {
  /** How the reader knows the list. */
  readonly name: string;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly now: number;
  readonly seen: SeenList | undefined;
}

/** @throws WaybillError TRUST_UNDECIDED: with an old list it is not known what is revoked */
export function assertCurrent(list: SignedRevocationList, { name, maxAge, now, seen }: Expectation): void {
  const undecided = (found: string, hint: string) =>
    new WaybillError('TRUST_UNDECIDED', `Cannot use the revocation list ${name}: ${found}`, { hint });
  const issued = new Date(list.issuedAt).toISOString();
  if (list.issuedAt > now + CLOCK_SKEW)
    throw undecided(
      `it was made at ${issued}, which is to come`,
      'Set the clock of this machine, or of the one that signs the list',
    );
  if (now - list.issuedAt > maxAge)
    throw undecided(
      `it was made at ${issued}, and the policy allows no older one`,
      'waybill trust revoke FILE signs it anew, with nothing added',
    );
  if (seen === undefined) return;
  if (list.serial < seen.serial)
    throw undecided(
      `it is a rollback: its serial is ${list.serial}, and ${seen.serial} was seen before`,
      'Somebody serves an old list, to hide what was revoked since: get it from whoever signs it',
    );
  if (list.serial === seen.serial && list.digest !== seen.digest)
    throw undecided(
      `two different lists have the serial ${list.serial}`,
      'Whoever signs the list signed two of one number, or one is not theirs: ask them',
    );
}
