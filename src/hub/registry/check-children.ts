/** Holds a manifest that is pushed to what its repository has. */
import { setImmediate } from 'node:timers/promises';
import { WaybillError } from '../../base/errors.ts';
import { childrenOf, type Index, type Manifest } from '../../oci/manifest.ts';
import type { Reader } from '../database/database.ts';
import type { BlobFolder } from './blob-folder.ts';
import { childRows, references } from './queries.ts';

/** Some milliseconds. */
const CHILDREN_AT_ONCE = 500;

/**
 * An image needs its content; an index may name what comes later or lies elsewhere (sparse). What is
 * here must have the size that is said of it: clients refuse the package otherwise.
 * @throws WaybillError BLOB_UNKNOWN, SIZE_INVALID
 */
export async function checkChildren(
  reader: Reader,
  { name, blobs }: { name: string; blobs: BlobFolder },
  manifest: Manifest | Index,
): Promise<void> {
  const rows = childRows(manifest);
  let seen = 0;
  for (const { digest, size } of childrenOf(manifest)) {
    const isOptional = rows.get(digest)?.optional === true;
    // Others are served meanwhile: a manifest may name thousands.
    if (++seen % CHILDREN_AT_ONCE === 0) await setImmediate();
    const found = (await references(reader, name, digest)) ? blobs.sizeOf(digest) : undefined;
    if (found === size || (found === undefined && isOptional)) continue;
    const attempt = 'Cannot store the manifest';
    if (found === undefined)
      throw new WaybillError('BLOB_UNKNOWN', `${attempt}: ${name} does not hold ${digest}, which it names`);
    throw new WaybillError('SIZE_INVALID', `${attempt}: it says that ${digest} has ${size} bytes, and it has ${found}`);
  }
}
