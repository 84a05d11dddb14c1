/** What a signature over a package has to agree with: its name, its files, the digest of their list. */
import type { Digest } from '../../oci/digest.ts';

export interface PackageFacts {
  /** Of the manifest: the identity of the package. */
  readonly digest: Digest;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** Of SHA256SUMS; undefined for what other tools packed. */
  readonly setDigest: Digest | undefined;
  /** Every file, SHA256SUMS included, by its path. */
  readonly files: ReadonlyMap<string, Digest>;
}
