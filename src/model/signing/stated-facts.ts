/**
 * What a package says that it is, by its manifest and its list of files: enough to hold what is signed to it
 * before a byte of its files is fetched. That the files are so is shown when they are read.
 */
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Store } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import type { PackageFacts } from '../../trust/verify/evidence.ts';
import { assertRestorable, readStructure } from '../artifact/structure.ts';
import { asRecord, textIn } from '../dialect-parts/facts.ts';
import { MAX_SUMS_SIZE, parseSums, SUMS_FILE } from '../sums.ts';

/** @throws WaybillError as readStructure does; MANIFEST_INVALID, ARCHIVE_UNSAFE for what must not be restored */
export async function statedFacts(store: Store, target: Descriptor): Promise<PackageFacts> {
  const structure = await readStructure(store, target);
  assertRestorable(structure, target.digest);
  const files = new Map<string, Digest>();
  const sums = structure.layers.find(({ form, path }) => form === 'raw' && path === SUMS_FILE);
  if (sums !== undefined) {
    const text = (await readContent(store, sums.descriptor, MAX_SUMS_SIZE, SUMS_FILE)).toString('utf8');
    for (const { path, digest } of parseSums(text)) files.set(path, digest);
  }
  // What the manifest itself names goes before what the list says of it.
  for (const { form, path, descriptor } of structure.layers) if (form === 'raw') files.set(path, descriptor.digest);
  const descriptor = asRecord(structure.config.descriptor);
  return {
    digest: target.digest,
    name: textIn(descriptor, 'name'),
    version: textIn(descriptor, 'version'),
    setDigest: sums?.descriptor.digest,
    files,
  };
}
