/** Opens a log for writing: takes its lock, holds what lies there to its checkpoint, and ends what was interrupted. */
import { WaybillError } from '../../../base/errors.ts';
import type { Signer } from '../../keys/signer.ts';
import { type Checkpoint, formatCheckpointText, openCheckpoint, parseCheckpointText } from '../checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '../merkle/hashes.ts';
import { noteKey } from '../note/keys.ts';
import { parseNote } from '../note/note.ts';
import { signNote } from '../note/sign.ts';
import { readCheckpoint } from '../proof/prove.ts';
import { entriesOf, readHashes } from '../reading/tiles.ts';
import { CHECKPOINT, edgeOf, TILE_WIDTH } from '../tiles/paths.ts';
import { type Edge, rootOfEdge } from './edge.ts';
import { folderStorage } from './folder-storage.ts';
import { type Batch, JOURNAL, parseJournal } from './journal.ts';
import { type LockOptions, lockLog } from './lock.ts';
import { commit, LogWriter, type WriterState } from './log-writer.ts';
import type { LogStorage } from './storage.ts';

/**
 * Begins a log without entries in a folder, which may exist.
 * @param origin the name of the log, and of its key
 * @throws WaybillError DESTINATION_EXISTS where there is a log, KEY_INVALID, SIGNER_FAILED, STORE_BUSY, FILE_UNREADABLE, DISK_FULL
 */
export async function createLog(folder: string, origin: string, signer: Signer): Promise<Checkpoint> {
  // Before the folder is made: a bad name leaves nothing.
  noteKey(origin, 'note', signer.publicKey);
  using _ = await lockLog(folder, { isNew: true });
  return await beginLog(folderStorage(folder), origin, signer);
}

/**
 * The same in any storage that nobody else writes.
 * @throws WaybillError DESTINATION_EXISTS, KEY_INVALID, SIGNER_FAILED; what the storage throws
 */
export async function beginLog(storage: LogStorage, origin: string, signer: Signer): Promise<Checkpoint> {
  const key = noteKey(origin, 'note', signer.publicKey);
  if ((await storage.read(CHECKPOINT)) !== undefined || (await storage.read(JOURNAL)) !== undefined)
    throw new WaybillError('DESTINATION_EXISTS', `Cannot begin a log in ${storage.place}: there is one already`, {
      hint: 'Add to it with waybill log append, or name another folder',
    });
  const note = await signNote(formatCheckpointText({ origin, size: 0, root: EMPTY_ROOT }), origin, signer);
  await storage.put([{ path: CHECKPOINT, bytes: note }]);
  return openCheckpoint(note, { origin, key });
}

/**
 * @throws WaybillError TRUST_UNDECIDED where there is no log; LOG_INVALID for one that is not what its checkpoint says, or
 *   not signed by this signer; STORE_BUSY, FILE_UNREADABLE, DISK_FULL, SIGNER_FAILED
 */
export async function openLogWriter(folder: string, signer: Signer, options: LockOptions = {}): Promise<LogWriter> {
  const lock = await lockLog(folder, options);
  try {
    return await openWriter(folderStorage(folder), signer, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * The same in any storage that nobody else writes.
 * @param lock is given back when the writer is disposed
 */
export async function openWriter(storage: LogStorage, signer: Signer, lock: Disposable): Promise<LogWriter> {
  const before = await readState(storage, signer);
  const state = await finish(storage, signer, before);
  return new LogWriter(storage, signer, { state, lock, finished: state.edge.size - before.edge.size });
}

/** The log as its checkpoint says it; what lies there has to lead to the root that was signed. */
async function readState(storage: LogStorage, signer: Signer): Promise<WriterState> {
  const note = await readCheckpoint(storage);
  const { origin, size, root } = parseCheckpointText(parseNote(note).text);
  const checkpoint = openCheckpoint(note, { origin, key: noteKey(origin, 'note', signer.publicKey) });
  const edge = await readEdge(storage, size);
  if (!rootOfEdge(edge).equals(root)) throw differs(storage, 'its tiles do not lead to the root of its checkpoint');
  const tail = size % TILE_WIDTH === 0 ? [] : await entriesOf(storage, Math.floor(size / TILE_WIDTH), size);
  if (!Buffer.concat(tail.map(leafHash)).equals(edge.levels[0] ?? Buffer.alloc(0)))
    throw differs(storage, 'its last entries are not those of its last tile');
  return { checkpoint, edge, tail };
}

async function readEdge(storage: LogStorage, size: number): Promise<Edge> {
  const levels: Buffer[] = [];
  for (const tile of edgeOf(size)) {
    while (levels.length < Number(tile.level)) levels.push(Buffer.alloc(0));
    levels.push(await readHashes(storage, tile));
  }
  return { size, levels };
}

/** A batch that was begun is put in with the same entries at the same places: a checkpoint of it may have been seen. */
async function finish(storage: LogStorage, signer: Signer, state: WriterState): Promise<WriterState> {
  const bytes = await storage.read(JOURNAL);
  if (bytes === undefined) return state;
  const { from, entries }: Batch = parseJournal(bytes);
  const { size } = state.edge;
  if (from + entries.length === size) return state;
  if (from === size) return await commit(storage, signer, { state, entries });
  throw differs(storage, `its journal ends at ${from + entries.length} entries, its checkpoint at ${size}`);
}

function differs({ place }: LogStorage, found: string): WaybillError {
  return new WaybillError('LOG_INVALID', `Cannot go on with the log ${place}: ${found}`, {
    hint: 'waybill log check says more; bring the folder back from a copy that is newer than all checkpoints that were given out',
  });
}
