/** What a signature over a package has to agree with: its name, its files, the digest of their list. */
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Store } from '../../oci/store.ts';
import type { PackageFacts } from '../../trust/verify/evidence.ts';
import { readStructure } from '../artifact/structure.ts';
import { asRecord, textIn } from '../dialect-parts/facts.ts';
import { type Verification, type VerifyOptions, verify } from '../verify.ts';

export interface VerifiedPackage {
  /** As far as it could be read, where the verdict is fail. */
  readonly facts: PackageFacts;
  readonly verification: Verification;
}

/**
 * Verifies a package, every byte unless a cache knows it, and says what it is.
 * @throws WaybillError as `verify` does
 */
export async function readPackageFacts(
  store: Store,
  target: Descriptor,
  options: VerifyOptions = {},
): Promise<VerifiedPackage> {
  const verification = await verify(store, target, options);
  const { digest, setDigest, files } = verification;
  const { name, version } = verification.verdict === 'pass' ? await namesIn(store, target) : noNames;
  return { facts: { digest, name, version, setDigest, files }, verification };
}

const noNames = { name: undefined, version: undefined };

/** What the configuration says: `pack` writes there what waybill.yaml says. */
async function namesIn(store: Store, target: Descriptor): Promise<Pick<PackageFacts, 'name' | 'version'>> {
  const { config } = await readStructure(store, target);
  const descriptor = asRecord(config.descriptor);
  return { name: textIn(descriptor, 'name'), version: textIn(descriptor, 'version') };
}
