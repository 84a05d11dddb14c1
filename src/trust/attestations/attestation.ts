/** What somebody says of an artifact, as it was found attached to it: read, not judged. */
import type { WaybillError } from '../../base/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Statement } from '../statement/statement.ts';
import type { SimpleSigning } from './simple-signing.ts';

export interface Attestation {
  /** The manifest that holds it. One of cosign's old tags may hold several. */
  readonly referrer: Descriptor;
  /** As a referrer, or in the layouts under tags that cosign wrote before version 3. */
  readonly source: 'bundle' | 'cosign-signature' | 'cosign-attestation';
  /** What an annotation says of its predicate type: anybody can write that, nothing may be decided by it. */
  readonly hint: string | undefined;
  /** Who signed which bytes, said in a signature that nobody has verified yet. */
  readonly bundle?: Bundle;
  /** What the signed bytes say, of a bundle. */
  readonly statement?: Statement;
  /** What a signature in cosign's old layout is over; it has no statement. */
  readonly simpleSigning?: SimpleSigning;
  /** Why it cannot be read. Then it says nothing, and is shown all the same. */
  readonly problem?: WaybillError;
}
