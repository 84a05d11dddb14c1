/**
 * Writes tar entries that are the same everywhere: ustar, and a pax record only for a name that
 * ustar cannot hold. No folder entries; an archive ends in exactly two blocks of zeros (some
 * readers hash only what they consumed of a padded one).
 */
import { BLOCK_SIZE, entryTypes, fitsUstar, paddingOf, writeHeader } from './header.ts';
import { paxRecord } from './pax.ts';

export interface TarFile {
  /** Relative, with slashes. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
}

export const END_OF_ARCHIVE: Buffer = Buffer.alloc(2 * BLOCK_SIZE);

/** The blocks that stand before a file's content. */
export function entryHeader({ path, mode, size }: TarFile): Buffer {
  if (fitsUstar(path)) return writeHeader({ name: path, type: entryTypes.file, mode, size });
  const record = paxRecord('path', path);
  return Buffer.concat([
    writeHeader({ name: 'PaxHeaders.0/waybill', type: entryTypes.pax, mode: 0o644, size: record.length }),
    record,
    Buffer.alloc(paddingOf(record.length)),
    // Readers that know no pax see this name; it only has to be ASCII and free of slashes.
    writeHeader({ name: 'waybill-name-in-pax-header', type: entryTypes.file, mode, size }),
  ]);
}
