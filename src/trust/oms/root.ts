/** The root digest, OpenSSF Model Signing 1.0 §6.5.1: one digest over those of all files, their names left out. */
import { createHash } from 'node:crypto';

/**
 * Names are no part of it, so two models can share a root: it is the identity of nothing by itself.
 * @param digests SHA-256 in hex, in the order in which the signature lists them
 */
export function rootOf(digests: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(digest, 'hex');
  return hash.digest('hex');
}
