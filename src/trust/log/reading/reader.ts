/** A log as it is read: the files of C2SP tlog-tiles by their path, wherever they lie. */

import { HASH_SIZE } from '../merkle/hashes.ts';
import { MAX_NOTE_SIZE } from '../note/note.ts';
import { MAX_BUNDLE_OF_ENTRIES_SIZE } from '../tiles/bundle.ts';
import { TILE_WIDTH } from '../tiles/paths.ts';

export interface LogReader {
  /** Where it is, for messages. */
  readonly place: string;
  /**
   * A whole file, as `checkpoint` or `tile/0/000`; undefined where there is none. Nothing of it has been verified.
   * @throws WaybillError TRUST_UNDECIDED or FILE_UNREADABLE when it cannot be told, LIMIT_EXCEEDED for a file that is too large
   */
  read(path: string): Promise<Buffer | undefined>;
}

/** How large the file of a path may be. */
export function maxSizeOf(path: string): number {
  if (path.startsWith('tile/entries/')) return MAX_BUNDLE_OF_ENTRIES_SIZE;
  return path.startsWith('tile/') ? TILE_WIDTH * HASH_SIZE : MAX_NOTE_SIZE;
}
