/**
 * What the log says of a signed statement about a package: that a bundle with this digest was there. Made from the
 * bundle alone, so that whoever has the bundle can ask whether it was logged.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Digest } from '../../oci/digest.ts';

export interface LogEntry {
  readonly kind: 'attestation';
  /** Of the bytes of the bundle. */
  readonly bundle: Digest;
  /** The manifest that the statement is about. */
  readonly subject: Digest;
  readonly predicateType: string;
}

/** The bytes of the entry. No name, no time, nothing about a person: they could never be taken back. */
export function logEntry({ kind, bundle, subject, predicateType }: LogEntry): Buffer {
  return Buffer.from(canonicalJson({ v: 1, kind, bundleSha256: bundle, subject, predicateType }));
}
