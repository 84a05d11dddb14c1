/**
 * Adds entries to a log, alone and in an order that survives a kill at any point: the journal first, then bundles and
 * tiles, then the signed checkpoint, each on the disk before the next is begun. Whatever was interrupted is gone on with
 * from the journal, so that of one size only one tree is ever signed, and never a smaller one after a larger.
 */
import { WaybillError } from '../../../base/errors.ts';
import type { Signer } from '../../keys/signer.ts';
import { type Checkpoint, formatCheckpointText, openCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../merkle/hashes.ts';
import { noteKey } from '../note/keys.ts';
import { signNote } from '../note/sign.ts';
import { encodeEntries } from '../tiles/bundle.ts';
import { CHECKPOINT, TILE_WIDTH, type Tile, tilePath } from '../tiles/paths.ts';
import { type Edge, grow, rootOfEdge, type TileContent } from './edge.ts';
import { formatJournal, JOURNAL } from './journal.ts';
import type { LogFile, LogStorage } from './storage.ts';

/** What a writer goes on from. */
export interface Opened {
  readonly state: WriterState;
  /** Is given back when the writer is disposed. */
  readonly lock: Disposable;
  /** How many entries of a batch that was interrupted have been added by opening. */
  readonly finished: number;
}

export interface WriterState {
  readonly checkpoint: Checkpoint;
  readonly edge: Edge;
  /** The entries that do not fill a bundle yet. */
  readonly tail: readonly Uint8Array[];
}

export class LogWriter implements Disposable {
  /** How many entries of a batch that was interrupted were added when the log was opened. */
  readonly finished: number;
  readonly #storage: LogStorage;
  readonly #signer: Signer;
  readonly #lock: Disposable;
  #state: WriterState;
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly cause: unknown } | undefined;

  constructor(storage: LogStorage, signer: Signer, { state, lock, finished }: Opened) {
    this.#storage = storage;
    this.#signer = signer;
    this.#state = state;
    this.#lock = lock;
    this.finished = finished;
  }

  /** The last one that was signed. */
  get checkpoint(): Checkpoint {
    return this.#state.checkpoint;
  }

  /**
   * Adds entries behind each other, as one batch. Calls that come while one is under way wait for it.
   * @returns the indexes of the entries, once a checkpoint that covers them is signed and on the disk
   * @throws WaybillError LIMIT_EXCEEDED for entries that are too long or too many, before anything has happened; what
   *   the storage and the signer throw: then it is not known what of it is there, and the writer must be opened anew
   */
  append(entries: readonly Uint8Array[]): Promise<readonly number[]> {
    const appended = this.#last.then(() => this.#append(entries));
    this.#last = appended.catch(() => {});
    return appended;
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  async #append(entries: readonly Uint8Array[]): Promise<readonly number[]> {
    const from = this.#state.edge.size;
    if (entries.length === 0) return [];
    const journal = formatJournal({ from, entries });
    await this.#begin(async () => {
      await this.#storage.put([{ path: JOURNAL, bytes: journal }]);
      this.#state = await commit(this.#storage, this.#signer, { state: this.#state, entries });
    });
    return entries.map((_, at) => from + at);
  }

  /** Work of which nobody knows how far it came when it fails. */
  async #begin(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined)
      throw new WaybillError('STORE_UNAVAILABLE', 'Cannot add to the log: adding to it has failed before', {
        hint: 'Open the log anew: it then goes on from its journal',
        ...this.#failure,
      });
    try {
      const { note, origin } = this.#state.checkpoint;
      // Somebody without a lock may have been here, or a copy of the folder was put in its place.
      if ((await this.#storage.read(CHECKPOINT))?.equals(note) !== true)
        throw new WaybillError(
          'LOG_INVALID',
          `Cannot add to the log ${origin}: its checkpoint was changed by somebody else`,
        );
      await work();
    } catch (cause) {
      this.#failure = { cause };
      throw cause;
    }
  }
}

/**
 * Puts entries that are in the journal into the log, and signs.
 * @throws what the storage and the signer throw
 */
export async function commit(
  storage: LogStorage,
  signer: Signer,
  { state, entries }: { readonly state: WriterState; readonly entries: readonly Uint8Array[] },
): Promise<WriterState> {
  const { origin } = state.checkpoint;
  const { edge, tiles } = grow(state.edge, Buffer.concat(entries.map(leafHash)));
  const tail = [...state.tail, ...entries];
  const files = [...bundleFiles(state.edge.size, tail), ...tiles.map(tileFile)];
  await storage.put(files);
  const text = formatCheckpointText({ origin, size: edge.size, root: rootOfEdge(edge) });
  const note = await signNote(text, origin, signer);
  await storage.put([{ path: CHECKPOINT, bytes: note }]);
  await storage.drop(outgrown(state.edge, tiles));
  const checkpoint = openCheckpoint(note, { origin, key: noteKey(origin, 'note', signer.publicKey) });
  return { checkpoint, edge, tail: tail.slice(tail.length - (edge.size % TILE_WIDTH)) };
}

function bundleFiles(size: number, tail: readonly Uint8Array[]): readonly LogFile[] {
  const files: LogFile[] = [];
  let index = Math.floor(size / TILE_WIDTH);
  for (let at = 0; at < tail.length; at += TILE_WIDTH, index++) {
    const entries = tail.slice(at, at + TILE_WIDTH);
    files.push({ path: tilePath({ level: 'entries', index, width: entries.length }), bytes: encodeEntries(entries) });
  }
  return files;
}

const tileFile = ({ tile, bytes }: TileContent): LogFile => ({ path: tilePath(tile), bytes });

/** Partial tiles and bundles of which there is the full one now. */
function outgrown(before: Edge, tiles: readonly TileContent[]): readonly string[] {
  return tiles.flatMap(({ tile: { level, index, width } }) => {
    const isFirst = index === Math.floor(before.size / TILE_WIDTH ** (Number(level) + 1));
    if (width < TILE_WIDTH || !isFirst) return [];
    const full: Tile[] = [
      { level, index, width },
      ...(level === 0 ? [{ level: 'entries', index, width } as const] : []),
    ];
    return full.map((tile) => `${tilePath(tile)}.p`);
  });
}
