/** The waybill.yaml that a package carries. */

import type { Store } from '../oci/store.ts';
import { readContent } from '../oci/verified.ts';
import type { Structure } from './artifact/structure.ts';
import { MAX_WAYBILL_FILE_SIZE, type ParsedWaybillFile, parseWaybillFile } from './waybill-file/parse.ts';
import { WAYBILL_FILE, type WaybillFile } from './waybill-file/schema.ts';

/** @throws WaybillError WAYBILL_FILE_INVALID, DIGEST_INVALID, SIZE_INVALID, BLOB_UNKNOWN */
export async function readOwnFile(store: Store, structure: Structure): Promise<WaybillFile | undefined> {
  return (await parseOwnFile(store, structure))?.file;
}

/**
 * The same with what is worth a look in it.
 * @throws WaybillError as readOwnFile does
 */
export async function parseOwnFile(store: Store, { layers }: Structure): Promise<ParsedWaybillFile | undefined> {
  const own = layers.find(({ form, path }) => form === 'raw' && path === WAYBILL_FILE);
  if (own === undefined) return undefined;
  const text = (await readContent(store, own.descriptor, MAX_WAYBILL_FILE_SIZE, WAYBILL_FILE)).toString('utf8');
  return parseWaybillFile(text);
}
